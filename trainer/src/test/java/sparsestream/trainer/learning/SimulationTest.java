package sparsestream.trainer.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Topics;
import sparsestream.contract.TrainingEvent;
import sparsestream.published.HeldOut;
import sparsestream.trainer.StateHistory;
import sparsestream.trainer.learning.Learner.Learned;
import sparsestream.trainer.learning.PartitionWork.Transaction;
import sparsestream.trainer.watch.Notice;
import sparsestream.trainer.watch.WatchConfig;

/**
 * Two trainers of one run on one partition, with everything that may happen to them, in an order that a seed decides.
 *
 * <p>{@code -Dsimulation.seed=N} runs one schedule, {@code -Dsimulation.schedules=N} so many.
 */
class SimulationTest {
    private static final long SCHEDULES = 2_000;
    private static final int BATCHES = 16;
    private static final int EVENTS = 40;

    private final TrainerConfig config = config();

    /** What a trainer that is never disturbed has after each offset. */
    private final TreeMap<Long, String> weights = new TreeMap<>();

    /** After which offsets the model is good enough to be published. */
    final Set<Long> publishable = new HashSet<>();

    /** Ids of the events of what it notices, by the offset after which they are told. */
    final TreeMap<Long, List<String>> notices = new TreeMap<>();

    private final List<ConsumerRecord<byte[], byte[]>> batches = new ArrayList<>();
    private final List<Long> poison = new ArrayList<>();

    TrainerConfig config() {
        return config(Fixtures.vae(), Optional.empty(), WatchConfig.DEFAULT);
    }

    long schedules() {
        return SCHEDULES;
    }

    static TrainerConfig config(ModelSettings model, Optional<HeldOut> heldOut, WatchConfig watch) {
        return new TrainerConfig(
                        Map.of(), new Topics(""), "run", model, 1, Duration.ofSeconds(1), OptionalLong.empty(), heldOut)
                .with(watch);
    }

    SimulationTest() {
        try (Learner undisturbed = Fixtures.start(config.model(), config.newWatch())) {
            weights.put(0L, Fixtures.weights(undisturbed));
            for (long offset = 0; offset < BATCHES; offset++) {
                boolean poisoned = offset % 5 == 3;
                ConsumerRecord<byte[], byte[]> record = poisoned
                        ? Fixtures.record(offset, "poison".getBytes(StandardCharsets.UTF_8))
                        : Fixtures.batch(offset);
                batches.add(record);
                if (poisoned) {
                    poison.add(offset);
                } else {
                    Learned learned = (Learned) undisturbed.accept(record);
                    for (Notice notice : learned.notices()) {
                        String step = "/" + undisturbed.model().step();
                        if (notice instanceof Notice.Refused) {
                            note(offset, "gate" + step);
                        } else if (notice instanceof Notice.RolledBack) {
                            note(offset, "rollback" + step);
                        }
                    }
                }
                weights.put(offset + 1, Fixtures.weights(undisturbed));
                if (undisturbed.watch().refusal(undisturbed.model()).isEmpty()) {
                    publishable.add(offset + 1);
                }
            }
        }
    }

    private void note(long offset, String id) {
        notices.computeIfAbsent(offset + 1, key -> new ArrayList<>()).add("run/vae/0/" + id);
    }

    @Test
    void whateverHappensTheCommittedIsThatOfAnUndisturbedRun() throws Exception {
        Long only = Long.getLong("simulation.seed");
        LongStream seeds = only != null
                ? LongStream.of(only)
                : LongStream.range(0, Long.getLong("simulation.schedules", schedules()));
        seeds.parallel().forEach(this::run);
    }

    private void run(long seed) {
        try {
            new Schedule(seed).run();
        } catch (AssertionError | Exception e) {
            throw new AssertionError("reproduce with -Dsimulation.seed=" + seed, e);
        }
    }

    /** A trainer between taking the transactional id over and its end. */
    private static final class Trainer {
        private final int epoch;
        private final PartitionWork work;
        private Optional<Transaction> underWay = Optional.empty();

        Trainer(int epoch, PartitionWork work) {
            this.epoch = epoch;
            this.work = work;
        }
    }

    private final class Schedule {
        private final Random random;
        private final MemoryLog log = new MemoryLog();
        private final Trainer[] trainers = new Trainer[2];
        private long lastVersion;
        /** Offset of the last transaction that published the model. */
        private long publishedOffset;

        private int seen;

        Schedule(long seed) {
            this.random = new Random(seed);
        }

        void run() throws Exception {
            for (int event = 0; event < EVENTS; event++) {
                happen(random.nextInt(trainers.length));
                if (log.size() != seen) {
                    requireConsistent();
                    seen = log.size();
                }
            }
            for (int who = 0; who < trainers.length; who++) {
                end(who);
            }
            takeOver(0);
            learn(trainers[0], BATCHES);
            if (trainers[0].work.hasProgress()) {
                trainers[0].underWay = Optional.of(trainers[0].work.transaction());
                commit(0);
            }
            end(0);
            requireConsistent();
            assertThat(log.groupOffset()).isEqualTo(BATCHES);
        }

        private void happen(int who) {
            Trainer trainer = trainers[who];
            int event = random.nextInt(100);
            if (trainer == null) {
                takeOver(who);
            } else if (trainer.underWay.isPresent()) {
                finish(who, event);
            } else if (event < 55) {
                learn(trainer, 1 + random.nextInt(3));
            } else if (event < 85 && trainer.work.hasProgress()) {
                trainer.underWay = Optional.of(trainer.work.transaction());
            } else if (event < 95) {
                log.compact(config.topics().trainerState());
            } else {
                end(who);
            }
        }

        /** A commit may work, be aborted, be lost with its answer, or be lost with its trainer on either side of it. */
        private void finish(int who, int event) {
            if (event < 60) {
                commit(who);
            } else if (event < 70) {
                log.commit(trainers[who].epoch, trainers[who].underWay.orElseThrow());
                end(who);
            } else if (event < 80) {
                end(who);
            }
        }

        private void commit(int who) {
            Trainer trainer = trainers[who];
            if (log.commit(trainer.epoch, trainer.underWay.orElseThrow())) {
                trainer.work.committed();
                trainer.underWay = Optional.empty();
            } else {
                end(who);
            }
        }

        private void takeOver(int who) {
            int epoch = log.fence();
            StateHistory history = new StateHistory(config.stateKey(0));
            log.read(config.topics().trainerState()).forEach(history::accept);
            Optional<Checkpoint> state = history.newest();
            PartitionWork work = state.isPresent()
                    ? PartitionWork.resume(config, Role.ALONE, 0, state.get())
                    : PartitionWork.begin(config, Role.ALONE, 0, 0, 0);
            trainers[who] = new Trainer(epoch, work.notBehind(log.groupOffset()));
            assertThat(work.meet(0, BATCHES)).isZero();
        }

        /** The next records, after some that were delivered before. */
        private void learn(Trainer trainer, int count) {
            int next = (int) trainer.work.learner().nextOffset();
            int from = Math.max(0, next - random.nextInt(3));
            batches.subList(from, Math.min(BATCHES, next + count)).forEach(trainer.work::accept);
        }

        private void end(int who) {
            if (trainers[who] != null) {
                trainers[who].work.close();
                trainers[who] = null;
            }
        }

        /** State, checkpoint, dead letters, events and offset belong together, and the weights are those of the offset. */
        private void requireConsistent() throws Exception {
            long offset = log.groupOffset();
            List<Long> letters = log.read(config.topics().deadLetters()).stream()
                    .map(letter -> Long.parseLong(
                            new String(letter.headers().lastHeader("dlq.offset").value(), StandardCharsets.UTF_8)))
                    .toList();
            assertThat(letters)
                    .isEqualTo(poison.stream().filter(p -> p < offset).toList());
            requireEvents(letters.size());
            Optional<Checkpoint> newest = newestCheckpoint();
            if (publishable.contains(offset)) {
                publishedOffset = offset;
            }
            assertThat(newest.isPresent()).isEqualTo(publishedOffset > 0);
            if (newest.isPresent()) {
                PublishedModel published = PublishedModel.decode(newest.get().contents());
                assertThat(published.inputTo()).isEqualTo(publishedOffset);
                assertThat(published.weightsSha256()).isEqualTo(weights.get(publishedOffset));
            }
            if (offset > 0) {
                requireState(newest.map(Checkpoint::version).orElse(0L), offset);
            }
        }

        /** Each version that was published is told once, and each rejection, and whatever was noticed. */
        private void requireEvents(int rejections) throws Exception {
            long version = 0;
            int rejected = 0;
            List<String> told = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record :
                    log.read(config.topics().trainingEvents())) {
                TrainingEvent event = TrainingEvent.fromRecord(record);
                if (event.kind() == TrainingEvent.Kind.CHECKPOINT) {
                    assertThat(event.data().get("version").asLong()).isGreaterThan(version);
                    version = event.data().get("version").asLong();
                    assertThat(publishable).contains(event.data().get("inputTo").asLong());
                    assertThat(event.data().get("weightsSha256").asText())
                            .isEqualTo(weights.get(event.data().get("inputTo").asLong()));
                } else if (event.kind() == TrainingEvent.Kind.REJECTION) {
                    rejected += event.data().get("count").asInt();
                } else {
                    told.add(event.id());
                }
            }
            assertThat(rejected).isEqualTo(rejections);
            List<String> noticed = notices.headMap(log.groupOffset(), true).values().stream()
                    .flatMap(List::stream)
                    .toList();
            assertThat(told).containsAll(noticed);
            assertThat(told.stream().filter(id -> id.contains("/rollback/")))
                    .containsExactlyElementsOf(noticed.stream()
                            .filter(id -> id.contains("/rollback/"))
                            .toList());
        }

        private void requireState(long version, long offset) {
            StateHistory history = new StateHistory(config.stateKey(0));
            log.read(config.topics().trainerState()).forEach(history::accept);
            Map<String, String> state =
                    history.newest().orElseThrow().contents().metadata();
            assertThat(Long.parseLong(state.get("version"))).isGreaterThanOrEqualTo(version);
            assertThat(state).containsEntry("next_offset", String.valueOf(offset));
        }

        private Optional<Checkpoint> newestCheckpoint() throws Exception {
            List<ConsumerRecord<byte[], byte[]>> records =
                    log.read(config.topics().modelCheckpoints());
            Optional<Checkpoint> newest = Optional.empty();
            CheckpointAssembler assembler = new CheckpointAssembler();
            // One version is a part and a manifest.
            for (ConsumerRecord<byte[], byte[]> record :
                    records.subList(Math.max(0, records.size() - 2), records.size())) {
                newest = assembler.accept(record);
            }
            if (newest.isPresent()) {
                long version = newest.get().version();
                assertThat(version).isGreaterThanOrEqualTo(lastVersion);
                lastVersion = version;
            }
            return newest;
        }
    }
}
