package sparsestream.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.Contribution;
import sparsestream.contract.MalformedMessageException;
import sparsestream.model.StreamModel;
import sparsestream.trainer.StateHistory;
import sparsestream.trainer.learning.LearnerCodec;
import sparsestream.trainer.learning.PartitionWork;
import sparsestream.trainer.learning.PartitionWork.Transaction;
import sparsestream.trainer.learning.Role;
import sparsestream.trainer.learning.TrainerConfig;

/**
 * Trainers of a merged run that crash before, in and after their transactions, are fenced and taken over, in an order that a seed
 * decides: the merged models are those of an undisturbed run.
 *
 * <p>{@code -Dsimulation.seed=N} runs one schedule.
 */
class MergedSimulationTest {
    private static final long SCHEDULES = 25;
    private static final int PARTITIONS = 3;
    private static final int EVERY = 4;
    private static final int ROUNDS = 4;

    private final TrainerConfig config = MergeFixtures.config(MergeFixtures.vae());

    @Test
    void whateverHappensTheMergedModelsAreThoseOfAnUndisturbedRun() {
        List<String> undisturbed = new Schedule(0, false).run();
        assertThat(undisturbed).hasSize(ROUNDS).doesNotHaveDuplicates();
        Long only = Long.getLong("simulation.seed");
        LongStream seeds = only != null ? LongStream.of(only) : LongStream.range(0, SCHEDULES);
        seeds.parallel().forEach(seed -> assertThat(new Schedule(seed, true).run())
                .as("-Dsimulation.seed=%s", seed)
                .isEqualTo(undisturbed));
    }

    /** What a partition holds at an offset; every seventh record is none to learn. */
    private static ConsumerRecord<byte[], byte[]> record(int partition, long offset) {
        byte[] value = offset % 7 == 3
                ? new byte[] {1}
                : MergeFixtures.batch(partition, offset).value();
        return MergeFixtures.record(partition, offset, value);
    }

    private final class Schedule {
        private final Random random;
        private final boolean disturbed;
        private final List<CommittedLog> logs =
                IntStream.range(0, PARTITIONS).mapToObj(i -> new CommittedLog()).toList();
        private final PartitionWork[] works = new PartitionWork[PARTITIONS];
        private final int[] epochs = new int[PARTITIONS];
        private final int[] read = new int[PARTITIONS];
        private final CheckpointAssembler assembler = new CheckpointAssembler();
        private final Map<Integer, Contribution> arrived = new HashMap<>();
        private final StreamModel model = config.model().create(1);
        private final OpenRound round = new OpenRound(
                config.model().settings(), model, new RoundMerge(new OuterStep(0.9, 0.5), model), Optional.empty());
        private final List<String> weights = new ArrayList<>();
        private Optional<MergedModel> newest = Optional.empty();

        Schedule(long seed, boolean disturbed) {
            this.random = new Random(seed);
            this.disturbed = disturbed;
        }

        List<String> run() {
            try {
                while (weights.size() < ROUNDS) {
                    int partition = random.nextInt(PARTITIONS);
                    if (works[partition] == null) {
                        start(partition);
                    }
                    step(partition);
                    gather(partition);
                }
            } catch (MalformedMessageException e) {
                throw new AssertionError(e);
            } finally {
                for (PartitionWork work : works) {
                    if (work != null) {
                        work.close();
                    }
                }
                model.close();
            }
            return weights;
        }

        private void start(int partition) {
            epochs[partition] = logs.get(partition).fence();
            StateHistory history = new StateHistory(config.stateKey(partition));
            logs.get(partition).read(config.topics().trainerState()).forEach(history::accept);
            Optional<Checkpoint> state = history.newest();
            works[partition] = state.isPresent()
                    ? PartitionWork.resume(config, role(partition), partition, state.get())
                    : PartitionWork.begin(config, role(partition), partition, 0, 0);
            works[partition].notBehind(logs.get(partition).groupOffset());
        }

        private Role role(int partition) {
            return new ReplicaRole(
                    config, Merging.DEFAULT_TIMEOUT, new RoundProgress(EVERY, partition, PARTITIONS), () -> newest);
        }

        private void step(int partition) {
            PartitionWork work = works[partition];
            switch (disturbed ? random.nextInt(16) : 2 + random.nextInt(14)) {
                case 0 -> crash(partition);
                case 1 -> fenced(partition);
                case 2, 3, 4 -> publish(partition, work);
                case 5, 6, 7 -> work.takeOver();
                default -> {
                    if (work.takesRecords()) {
                        work.accept(record(partition, work.learner().nextOffset()));
                    }
                }
            }
        }

        private void publish(int partition, PartitionWork work) {
            boolean due = work.isGiftDue(Duration.ZERO);
            if (due || (disturbed && work.hasProgress())) {
                Transaction transaction = due ? work.giving() : work.transaction();
                // It may be lost before the commit, or the answer to the commit may be.
                int fate = disturbed ? random.nextInt(6) : 3;
                if (fate == 0 || !logs.get(partition).commit(epochs[partition], transaction) || fate == 1) {
                    crash(partition);
                } else {
                    work.committed();
                }
            }
        }

        private void crash(int partition) {
            works[partition].close();
            works[partition] = null;
        }

        /** Another takes over while this one goes on, which then commits nothing. */
        private void fenced(int partition) {
            PartitionWork zombie = works[partition];
            int epoch = epochs[partition];
            start(partition);
            Transaction transaction = zombie.isGiftDue(Duration.ZERO) ? zombie.giving() : zombie.transaction();
            assertThat(logs.get(partition).commit(epoch, transaction)).isFalse();
            zombie.close();
        }

        /** The merger meets what is committed, in order. */
        private void gather(int partition) throws MalformedMessageException {
            List<ConsumerRecord<byte[], byte[]>> all =
                    logs.get(partition).read(config.topics().modelContributions());
            while (read[partition] < all.size()) {
                Optional<Checkpoint> checkpoint = assembler.accept(all.get(read[partition]++));
                if (checkpoint.isPresent()) {
                    Contribution contribution =
                            Contribution.decode(checkpoint.get().contents());
                    assertThat(round.accept(contribution)).isTrue();
                    arrived.put(partition, contribution);
                }
            }
            if (round.isComplete()) {
                assertThat(arrived.values()).allMatch(each -> each.share().batches() == EVERY);
                MergeState after = round.close();
                after.putInto(model);
                weights.add(LearnerCodec.weightsSha256(model.state()));
                newest = Optional.of(after.model());
            }
        }
    }
}
