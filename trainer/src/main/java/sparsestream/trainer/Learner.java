package sparsestream.trainer;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import sparsestream.contract.Contribution;
import sparsestream.contract.ImageBatch;
import sparsestream.contract.MalformedMessageException;
import sparsestream.model.Losses;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.Settings;
import sparsestream.model.StreamModel;

/**
 * What one partition has taught one model, as a pure function of its records in order: no Kafka client, no clock.
 *
 * <p>Every record moves {@link #nextOffset} past it, whether it was learned or rejected. A record that was passed already is
 * ignored, so that none counts twice.
 */
final class Learner implements AutoCloseable {
    /** What became of a record. */
    sealed interface Outcome {}

    /**
     * It was learned.
     *
     * @param losses each term before the update, mean over the batch
     * @param notices what watching has found, in order
     */
    record Learned(int images, Losses losses, List<Notice> notices) implements Outcome {}

    /** It belongs in the dead letter topic. */
    record Rejected(Exception reason) implements Outcome {}

    /** It had been passed before. */
    record Passed() implements Outcome {}

    /** A record under 1 MB may unpack to any size, and what is learned takes many times its size in activations. */
    private static final int MAX_BATCH_BYTES = 4 << 20;

    private final ModelSettings settings;
    private final StreamModel model;
    private final Watch watch;
    private final Optional<RoundProgress> round;
    private final long firstOffset;
    private long nextOffset;
    private long version;

    /**
     * A learner that has passed the records {@code [firstOffset, nextOffset)} and published {@code version} checkpoints.
     *
     * @param model closed with the learner
     * @param watch closed with the learner
     */
    Learner(ModelSettings settings, StreamModel model, Watch watch, long firstOffset, long nextOffset, long version) {
        this(settings, model, watch, Optional.empty(), firstOffset, nextOffset, version);
    }

    /**
     * A learner that may be a replica of a merged run.
     *
     * @param round of the replica
     */
    Learner(
            ModelSettings settings,
            StreamModel model,
            Watch watch,
            Optional<RoundProgress> round,
            long firstOffset,
            long nextOffset,
            long version) {
        this.settings = settings;
        this.model = model;
        this.watch = watch;
        this.round = round;
        this.firstOffset = firstOffset;
        this.nextOffset = nextOffset;
        this.version = version;
    }

    Outcome accept(ConsumerRecord<byte[], byte[]> record) {
        if (record.offset() < nextOffset) {
            return new Passed();
        }
        nextOffset = record.offset() + 1;
        try {
            ImageBatch batch = decode(record.value());
            Losses losses = model.learn(batch.images(), batch.count(), watch.rateScale(model.step()));
            round.ifPresent(mine -> mine.learned(batch.count(), losses.byName(), record.timestamp()));
            return new Learned(batch.count(), losses, watch.learned(model, losses));
        } catch (MalformedMessageException | RejectedBatchException e) {
            return new Rejected(e);
        }
    }

    private ImageBatch decode(byte[] value) throws MalformedMessageException {
        if (value != null && value.length > MAX_BATCH_BYTES) {
            throw new MalformedMessageException(
                    "value", "has %s bytes, a batch at most %s".formatted(value.length, MAX_BATCH_BYTES));
        }
        return ImageBatch.decode(value, settings.height(), settings.width());
    }

    /**
     * Passes all records before {@code offset} unseen.
     *
     * @return how many that are
     */
    long skipTo(long offset) {
        long skipped = Math.max(0, offset - nextOffset);
        nextOffset += skipped;
        return skipped;
    }

    ModelSettings settings() {
        return settings;
    }

    StreamModel model() {
        return model;
    }

    Watch watch() {
        return watch;
    }

    /** Where it is in its round; empty unless it is a replica of a merged run. */
    Optional<RoundProgress> round() {
        return round;
    }

    /** Whether it must not be given any records now. */
    boolean isWaiting() {
        return round.filter(RoundProgress::isWaiting).isPresent();
    }

    /** Gives what was learned in the round; from now on this learner waits for {@link #adopt}. */
    Contribution contribute() {
        return round.orElseThrow().contribute(model, settings.settings(), nextOffset);
    }

    /**
     * Starts a round from a merged model, if that is one to start from now.
     *
     * @return whether it did
     * @throws IllegalArgumentException if the model is of another architecture
     */
    boolean adopt(MergedModel merged) {
        return round.orElseThrow().adopt(merged, model, nextOffset);
    }

    /** All that the weights depend on besides the batches. */
    Settings allSettings() {
        return allSettings(settings, watch, round);
    }

    static Settings allSettings(ModelSettings settings, Watch watch, Optional<RoundProgress> round) {
        return settings.settings()
                .with(watch.settings())
                .with(round.map(RoundProgress::settings).orElse(Settings.NONE));
    }

    /** The first offset that this model could have learned. */
    long firstOffset() {
        return firstOffset;
    }

    /** The offset to read next. */
    long nextOffset() {
        return nextOffset;
    }

    /** Number of the last checkpoint; 0 before the first. */
    long version() {
        return version;
    }

    /** Counts one more checkpoint as published. */
    void published() {
        version++;
    }

    @Override
    public void close() {
        watch.close();
        model.close();
    }
}
