package sparsestream.merge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import sparsestream.contract.Contribution;
import sparsestream.contract.Round;
import sparsestream.contract.Share;
import sparsestream.model.StreamModel;
import sparsestream.trainer.learning.LearnerCodec;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.SavedSettings;

/**
 * Makes recorded rounds again, all replicas in one thread.
 *
 * <p>For one thread.
 */
public final class ReplayedRun implements AutoCloseable {
    /** Where batches are. */
    public interface Batches {
        /** Hands over the records {@code [from, to)} of a partition that are still there, in order. */
        void read(int partition, long from, long to, Consumer<ConsumerRecord<byte[], byte[]>> reader);
    }

    private final ModelSettings settings;
    private final int threads;
    private final Batches batches;
    private final StreamModel merged;
    /** Of each version that replicas start from, the last round that has one that did. */
    private final Map<Long, Long> lastUse = new HashMap<>();

    private final TreeMap<Long, MergedModel> models = new TreeMap<>();
    private final Map<Integer, Replica> replicas = new HashMap<>();
    private Optional<MergeState> state = Optional.empty();

    /**
     * @param rounds that will be made again
     * @param threads that share the work of one step
     */
    public ReplayedRun(ModelSettings settings, List<Round> rounds, Batches batches, int threads) {
        this.settings = settings;
        this.threads = threads;
        this.batches = batches;
        this.merged = settings.create(1);
        rounds.forEach(
                round -> round.shares().forEach(share -> lastUse.merge(share.base(), round.version(), Math::max)));
    }

    /**
     * Makes the next round again.
     *
     * @return SHA-256 of the merged weights, as {@link Round#weightsSha256} tells it
     * @throws MergeException if what is recorded does not follow from the batches
     */
    public String next(Round round) {
        requireSettings(round);
        OpenRound open = new OpenRound(
                settings.settings(),
                merged,
                new RoundMerge(new OuterStep(round.outerLearningRate(), round.outerMomentum()), merged),
                state);
        for (Share share : round.shares()) {
            open.accept(contribution(round, share));
        }
        MergeState after = open.close();
        state = Optional.of(after);
        models.put(after.version(), after.model());
        models.keySet().removeIf(version -> lastUse.getOrDefault(version, 0L) <= round.version());
        after.putInto(merged);
        return LearnerCodec.weightsSha256(merged.state());
    }

    private void requireSettings(Round round) {
        SavedSettings.objection(round.settings(), settings.settings()).ifPresent(objection -> {
            throw new MergeException("round %s was made %s".formatted(round.version(), objection));
        });
    }

    private Contribution contribution(Round round, Share share) {
        Replica replica = replicas.computeIfAbsent(
                share.partition(),
                partition ->
                        Replica.begin(settings, round.every(), partition, round.partitions(), share.from(), threads));
        if (share.base() > 0 && !replica.adopt(model(round, share.base()))) {
            throw new MergeException("round %s: partition %s can't have started from version %s"
                    .formatted(round.version(), share.partition(), share.base()));
        }
        long[] learned = new long[1];
        batches.read(
                share.partition(), share.from(), share.to(), record -> learned[0] += replica.learn(record) ? 1 : 0);
        if (learned[0] != share.batches()) {
            throw new MergeException("round %s: of offsets %s to %s of partition %s it has %s batches, there are %s"
                    .formatted(
                            round.version(),
                            share.from(),
                            share.to() - 1,
                            share.partition(),
                            share.batches(),
                            learned[0]));
        }
        return replica.contribute(share.to());
    }

    private MergedModel model(Round round, long version) {
        MergedModel model = models.get(version);
        if (model == null) {
            throw new MergeException(
                    "round %s needs version %s, of which there is no record".formatted(round.version(), version));
        }
        return model;
    }

    @Override
    public void close() {
        replicas.values().forEach(Replica::close);
        merged.close();
    }
}
