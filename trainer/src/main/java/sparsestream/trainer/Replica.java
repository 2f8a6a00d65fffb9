package sparsestream.trainer;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import sparsestream.contract.Contribution;
import sparsestream.model.StreamModel;

/**
 * One partition of a merged run, without Kafka: for whoever makes rounds again, or makes them in one process. It learns as a
 * trainer's does, to the same bits.
 *
 * <p>Not thread-safe.
 */
public final class Replica implements AutoCloseable {
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
        StreamModel model = settings.createReplica(threads, partition);
        round.begin(model, offset);
        Watch watch = new Watch(WatchConfig.DEFAULT, Optional.empty(), settings.seed());
        return new Replica(new Learner(settings, model, watch, Optional.of(round), offset, offset, 0), round);
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
        return learner.accept(record) instanceof Learner.Learned;
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
        return learner.contribute();
    }

    /**
     * Starts a round from a merged model: one that includes what this has contributed, or a newer one if it has learned nothing since.
     *
     * @return whether it did
     * @throws IllegalArgumentException if the model is of another architecture
     */
    public boolean adopt(MergedModel merged) {
        return learner.adopt(merged);
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
