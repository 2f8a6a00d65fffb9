package sparsestream.trainer.learning;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import sparsestream.contract.ImageBatch;
import sparsestream.contract.MalformedMessageException;
import sparsestream.model.Losses;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.Settings;
import sparsestream.model.StreamModel;
import sparsestream.trainer.watch.Notice;
import sparsestream.trainer.watch.Watch;

/**
 * What one partition has taught one model, as a pure function of its records in order: no Kafka client, no clock.
 *
 * <p>Every record moves {@link #nextOffset} past it, whether it was learned or rejected. A record that was passed already is
 * ignored, so that none counts twice.
 */
public final class Learner implements AutoCloseable {
    /** What became of a record. */
    public sealed interface Outcome {}

    /**
     * It was learned.
     *
     * @param losses each term before the update, mean over the batch
     * @param notices what watching has found, in order
     */
    public record Learned(int images, Losses losses, List<Notice> notices) implements Outcome {}

    /** It belongs in the dead letter topic. */
    public record Rejected(Exception reason) implements Outcome {}

    /** It had been passed before. */
    public record Passed() implements Outcome {}

    /** A record under 1 MB may unpack to any size, and what is learned takes many times its size in activations. */
    private static final int MAX_BATCH_BYTES = 4 << 20;

    private final ModelSettings settings;
    private final StreamModel model;
    private final Watch watch;
    private final Role role;
    private final long firstOffset;
    private long nextOffset;
    private long version;
    /** The changes of recipe that it has been through, as a JSON array; empty if there was none. */
    private String history = "";

    private Optional<ObjectNode> change = Optional.empty();

    /**
     * A learner that has passed the records {@code [firstOffset, nextOffset)} and published {@code version} checkpoints.
     *
     * @param model closed with the learner
     * @param watch closed with the learner
     */
    public Learner(
            ModelSettings settings, StreamModel model, Watch watch, long firstOffset, long nextOffset, long version) {
        this(settings, model, watch, Role.ALONE, firstOffset, nextOffset, version);
    }

    /** A learner that plays a part among others. */
    public Learner(
            ModelSettings settings,
            StreamModel model,
            Watch watch,
            Role role,
            long firstOffset,
            long nextOffset,
            long version) {
        this.settings = settings;
        this.model = model;
        this.watch = watch;
        this.role = role;
        this.firstOffset = firstOffset;
        this.nextOffset = nextOffset;
        this.version = version;
    }

    /**
     * Tells it of the recipes that it has been through.
     *
     * @param before as a state has it
     * @param now the change that takes effect with its next step
     */
    void changed(ArrayNode before, Optional<ObjectNode> now) {
        now.ifPresent(before::add);
        history = before.isEmpty() ? "" : before.toString();
        change = now;
    }

    /** The changes of recipe that it has been through, as a JSON array; empty if there was none. */
    String history() {
        return history;
    }

    /** The change that took effect when it was resumed. */
    Optional<ObjectNode> change() {
        return change;
    }

    public Outcome accept(ConsumerRecord<byte[], byte[]> record) {
        if (record.offset() < nextOffset) {
            return new Passed();
        }
        nextOffset = record.offset() + 1;
        try {
            ImageBatch batch = decode(record.value());
            Losses losses = model.learn(batch.images(), batch.count(), watch.rateScale(model.step()));
            role.learned(batch.count(), losses.byName(), record.timestamp());
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
    public long skipTo(long offset) {
        long skipped = Math.max(0, offset - nextOffset);
        nextOffset += skipped;
        return skipped;
    }

    public ModelSettings settings() {
        return settings;
    }

    public StreamModel model() {
        return model;
    }

    public Watch watch() {
        return watch;
    }

    /** The part it plays among the learners of the run. */
    public Role role() {
        return role;
    }

    /** All that the weights depend on besides the batches. */
    public Settings allSettings() {
        return allSettings(settings, watch, role);
    }

    static Settings allSettings(ModelSettings settings, Watch watch, Role role) {
        return settings.settings().with(watch.settings()).with(role.settings());
    }

    /** The first offset that this model could have learned. */
    public long firstOffset() {
        return firstOffset;
    }

    /** The offset to read next. */
    public long nextOffset() {
        return nextOffset;
    }

    /** Number of the last checkpoint; 0 before the first. */
    public long version() {
        return version;
    }

    /** Counts one more checkpoint as published. */
    public void published() {
        version++;
    }

    @Override
    public void close() {
        watch.close();
        model.close();
    }
}
