package sparsestream.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sparsestream.contract.Contribution;
import sparsestream.contract.Round;
import sparsestream.contract.Share;
import sparsestream.model.StreamModel;
import sparsestream.trainer.learning.ModelSettings;

/** Rounds of three replicas, with everything that may happen to their order, as a seed decides; and made again from their record. */
class RoundsSimulationTest {
    private static final int REPLICAS = 3;
    private static final int ROUNDS = 8;
    private static final OuterStep OUTER = new OuterStep(0.8, 0.5);

    static Stream<ModelSettings> models() {
        return Stream.of(MergeFixtures.vae(), MergeFixtures.gan());
    }

    @ParameterizedTest
    @MethodSource("models")
    void whileNoRoundTimesOutTheOrderOfThingsDoesNotMatter(ModelSettings settings) {
        Set<List<Round>> results = new HashSet<>();
        LongStream.range(0, 5).forEach(seed -> results.add(new Schedule(settings, seed, false).run()));
        assertThat(results).hasSize(1);
        assertThat(results.iterator().next()).hasSize(ROUNDS).allMatch(Round::isWhole);
    }

    @ParameterizedTest
    @MethodSource("models")
    void roundsThatTimedOutAreMadeAgainFromTheirRecord(ModelSettings settings) {
        Set<List<Round>> results = new HashSet<>();
        LongStream.range(0, 20).forEach(seed -> {
            List<Round> rounds = new Schedule(settings, seed, true).run();
            results.add(rounds);
            try (ReplayedRun again = new ReplayedRun(settings, rounds, RoundsSimulationTest::read, 1)) {
                for (Round round : rounds) {
                    assertThat(again.next(round))
                            .as("seed %s, round %s", seed, round.version())
                            .isEqualTo(round.weightsSha256());
                }
            }
        });
        assertThat(results).hasSizeGreaterThan(10);
        assertThat(results.stream().flatMap(List::stream))
                .anyMatch(round -> round.shares().size() == 1);
        assertThat(results.stream().flatMap(List::stream).flatMap(round -> round.shares().stream()))
                .anyMatch(share -> share.batches() < MergeFixtures.EVERY);
    }

    @Test
    void aRecordThatDoesNotFollowFromTheBatchesIsToldFromOneThatDoes() {
        ModelSettings settings = MergeFixtures.vae();
        List<Round> rounds = new Schedule(settings, 1, false).run();
        try (ReplayedRun again = new ReplayedRun(
                settings,
                rounds,
                (partition, from, to, reader) ->
                        LongStream.range(from, to).forEach(offset -> reader.accept(MergeFixtures.batch(9, offset))),
                1)) {
            assertThat(again.next(rounds.get(0))).isNotEqualTo(rounds.get(0).weightsSha256());
        }
    }

    private static void read(
            int partition,
            long from,
            long to,
            java.util.function.Consumer<org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]>> reader) {
        LongStream.range(from, to).forEach(offset -> reader.accept(MergeFixtures.batch(partition, offset)));
    }

    /** One run. */
    private static final class Schedule {
        private final ModelSettings settings;
        private final Random random;
        private final boolean timeouts;
        private final StreamModel merged;
        private final OpenRound open;
        private final List<Replica> replicas;
        private final long[] offsets = new long[REPLICAS];
        private final boolean[] waiting = new boolean[REPLICAS];
        private final Map<Integer, Contribution> underWay = new TreeMap<>();
        private final List<Round> rounds = new ArrayList<>();

        Schedule(ModelSettings settings, long seed, boolean timeouts) {
            this.settings = settings;
            this.random = new Random(seed);
            this.timeouts = timeouts;
            merged = settings.create(1);
            open = new OpenRound(settings.settings(), merged, new RoundMerge(OUTER, merged), Optional.empty());
            replicas = IntStream.range(0, REPLICAS)
                    .mapToObj(partition -> MergeFixtures.replica(settings, partition, REPLICAS))
                    .toList();
        }

        List<Round> run() {
            while (rounds.size() < ROUNDS) {
                int partition = random.nextInt(REPLICAS);
                switch (random.nextInt(3)) {
                    case 0 -> learn(partition);
                    case 1 -> arrive(partition);
                    default -> timeOut(partition);
                }
            }
            replicas.forEach(Replica::close);
            merged.close();
            return List.copyOf(rounds);
        }

        private void learn(int partition) {
            if (waiting[partition]) {
                return;
            }
            Replica replica = replicas.get(partition);
            replica.learn(MergeFixtures.batch(partition, offsets[partition]++));
            if (replica.isFull() || (timeouts && random.nextInt(10) == 0)) {
                underWay.put(partition, replica.contribute(offsets[partition]));
                waiting[partition] = true;
            }
        }

        private void arrive(int partition) {
            Contribution contribution = underWay.remove(partition);
            if (contribution != null && open.accept(contribution) && open.isComplete()) {
                close();
            }
        }

        private void timeOut(int chance) {
            if (timeouts && chance == 0 && !open.isEmpty()) {
                close();
            }
        }

        private void close() {
            List<Share> shares =
                    open.gathered().stream().map(Contribution::share).toList();
            MergeState after = open.close();
            rounds.add(MergeFixtures.round(settings, OUTER, after, shares));
            for (int partition = 0; partition < REPLICAS; partition++) {
                if (replicas.get(partition).adopt(after.model())) {
                    waiting[partition] = false;
                }
            }
        }
    }
}
