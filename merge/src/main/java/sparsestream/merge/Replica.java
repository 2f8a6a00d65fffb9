package sparsestream.merge;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import sparsestream.contract.Contribution;
import sparsestream.model.StreamModel;
import sparsestream.trainer.learning.Learner;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.watch.Watch;
import sparsestream.trainer.watch.WatchConfig;

/**
 * One partition of a merged run, without Kafka: for whoever makes rounds again, or makes them in one process. It learns as a
 * trainer's does, to the same bits.
 *
 * <p>Not thread-safe.
 */
public final class Replica implements AutoCloseable {
    /** Of the derived seeds, what is added for each partition: the golden ratio, as a fraction of 2⁶⁴. */
    private static final long SEED_STEP = 0x9E3779B97F4A7C15L;

    private final Learner learner;
    private final RoundProgress round;

    private Replica(Learner learner, RoundProgress round) {
        this.learner = learner;
        this.round = round;
    }

    /**
     * The replica before its first batch.
     *
     * @param every batches of a full round
     * @param offset of the first record
     * @param threads that share the work of one step
     */
    public static Replica begin(
            ModelSettings settings, int every, int partition, int partitions, long offset, int threads) {
        RoundProgress round = new RoundProgress(every, partition, partitions);
        StreamModel model = createModel(settings, threads, partition);
        round.begin(model, offset);
        Watch watch = new Watch(WatchConfig.DEFAULT, Optional.empty(), settings.seed());
        return new Replica(new Learner(settings, model, watch, offset, offset, 0), round);
    }

    /**
     * A replica's model: the same initial weights in each, and noise of its own, since averaging over the same noise would average
     * less.
     */
    static StreamModel createModel(ModelSettings settings, int threads, int partition) {
        StreamModel model = new ModelSettings(
                        settings.config(), settings.height(), settings.width(), settings.seed() + partition * SEED_STEP)
                .create(threads);
        if (partition > 0) {
            try (StreamModel first = settings.create(1)) {
                model.restore(first.state());
            }
        }
        return model;
    }

    /**
     * Takes the next record of the partition.
     *
     * @return whether it was learned; if not, it was no batch for this model, or had been passed before
     * @throws IllegalStateException if the replica waits for a merged model, or the round has all its batches
     */
    public boolean learn(ConsumerRecord<byte[], byte[]> record) {
        if (round.isWaiting() || round.isFull()) {
            throw new IllegalStateException("a contribution is due");
        }
        if (learner.accept(record) instanceof Learner.Learned learned) {
            round.learned(learned.images(), learned.losses().byName(), record.timestamp());
            return true;
        }
        return false;
    }

    /** Whether the round has all its batches. */
    public boolean isFull() {
        return round.isFull();
    }

    /**
     * What was learned in the round; from now on the replica waits for {@link #adopt}.
     *
     * @param nextOffset up to which records have been met, which may be beyond the last that was learned
     * @throws IllegalArgumentException if nothing was learned
     */
    public Contribution contribute(long nextOffset) {
        learner.skipTo(nextOffset);
        return round.contribute(learner.model(), learner.settings().settings(), learner.nextOffset());
    }

    /**
     * Starts a round from a merged model: one that includes what this has contributed, or a newer one if it has learned nothing since.
     *
     * @return whether it did
     * @throws IllegalArgumentException if the model is of another architecture
     */
    public boolean adopt(MergedModel merged) {
        return round.adopt(merged, learner.model(), learner.nextOffset());
    }

    /** The replica's own model. */
    public StreamModel model() {
        return learner.model();
    }

    @Override
    public void close() {
        learner.close();
    }
}
