package sparsestream.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sparsestream.contract.Contribution;
import sparsestream.contract.MergePosition;
import sparsestream.contract.Share;
import sparsestream.contract.Tensor;
import sparsestream.model.StreamModel;
import sparsestream.model.layers.Network;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.SavedSettings;

class RoundMergeTest {
    private static final int REPLICAS = 4;

    static Stream<ModelSettings> models() {
        return Stream.of(MergeFixtures.vae(), MergeFixtures.gan());
    }

    /** In plain doubles, weight by weight, from what the Javadoc says. */
    @ParameterizedTest
    @MethodSource("models")
    void aRoundIsWhatTheFormulaSays(ModelSettings settings) {
        OuterStep outer = new OuterStep(0.7, 0.9);
        try (StreamModel model = settings.create(1)) {
            MergeState before = state(settings, model);
            List<Contribution> contributions = randomContributions(before, 3);
            MergeState after = new RoundMerge(outer, model).merge(before, contributions);

            for (Network network : model.networks()) {
                String name = network.name() + ".values";
                double[] expected = step(outer, before, contributions, name);
                int at = 0;
                for (Network.Layer layer : network.layers()) {
                    int end = at + layer.weights().length;
                    sparsify(expected, at, end, contributions, name);
                    at = end + layer.outputs();
                }
                assertClose(after.parameters().get(name), expected);
            }
            assertThat(after.version()).isEqualTo(1);
            assertThat(after.images()).isEqualTo(100 + 200 + 300);
            assertThat(after.position().numbers()).containsExactly(1L, 1L, 1L, 0L);
        }
    }

    private static double[] step(OuterStep outer, MergeState before, List<Contribution> contributions, String name) {
        float[] old = before.parameters().get(name);
        double[] moved = new double[old.length];
        for (int i = 0; i < old.length; i++) {
            double weighted = 0;
            double images = 0;
            for (Contribution contribution : contributions) {
                weighted += contribution.share().images()
                        * (double) contribution.changes().get(name).floats()[i];
                images += contribution.share().images();
            }
            double mean = weighted / images;
            double velocity = outer.momentum() * before.velocity().get(name)[i] + mean;
            moved[i] = old[i] - outer.learningRate() * (mean + outer.momentum() * velocity);
        }
        return moved;
    }

    private static void sparsify(double[] weights, int from, int to, List<Contribution> contributions, String name) {
        double images = 0;
        double kept = 0;
        int[] supporters = new int[weights.length];
        for (Contribution contribution : contributions) {
            images += contribution.share().images();
            for (int i = from; i < to; i++) {
                if (isKept(contribution, name, i)) {
                    supporters[i]++;
                    kept += contribution.share().images();
                }
            }
        }
        long budget = (long) (kept / images);
        List<Double> disputed = new ArrayList<>();
        for (int i = from; i < to; i++) {
            if (supporters[i] == contributions.size()) {
                budget--;
            } else if (supporters[i] > 0) {
                disputed.add(Math.abs(weights[i]));
            }
        }
        disputed.sort(Collections.reverseOrder());
        double threshold = budget < disputed.size() ? disputed.get((int) budget) : 0;
        for (int i = from; i < to; i++) {
            if (supporters[i] == 0) {
                weights[i] = 0;
            } else if (supporters[i] < contributions.size()) {
                double size = Math.abs(weights[i]) - threshold;
                weights[i] = size > 0 ? Math.copySign(size, weights[i]) : 0;
            }
        }
    }

    private static boolean isKept(Contribution contribution, String name, int i) {
        return (contribution.kept().get(name).bytes()[i / 8] & (1 << (i % 8))) != 0;
    }

    private static void assertClose(float[] actual, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("element %s", i).isCloseTo(expected[i], within(1e-6));
            // A threshold that is rounded may take a weight of its own size with it, never leave one.
            if (expected[i] == 0) {
                assertThat(actual[i]).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatIsZeroInAllReplicasStaysZeroWhateverTheMomentumSays(ModelSettings settings) {
        try (StreamModel model = settings.create(1)) {
            MergeState before = state(settings, model);
            before.velocity().values().forEach(velocity -> Arrays.fill(velocity, 0.5f));
            MergeState after =
                    new RoundMerge(new OuterStep(0.7, 0.9), model).merge(before, randomContributions(before, 1));
            for (Network network : model.networks()) {
                String name = network.name() + ".values";
                float[] values = after.parameters().get(name);
                int end = network.layers().get(0).weights().length;
                int zeros = 0;
                for (int i = 0; i < end; i++) {
                    if (!isKept(randomContributions(before, 1).get(0), name, i)) {
                        zeros++;
                        assertThat(Float.floatToRawIntBits(values[i])).isZero();
                        assertThat(after.velocity().get(name)[i]).isZero();
                    } else {
                        assertThat(values[i]).isNotZero();
                    }
                }
                assertThat(zeros).isGreaterThan(5);
            }
        }
    }

    /** Trained with L1, so that there are zeros, and not the same in all. */
    @Test
    void noLayerIsDenserThanThoseOfTheReplicasAre() {
        ModelSettings settings = MergeFixtures.vae();
        List<Contribution> contributions = MergeFixtures.firstRound(settings, REPLICAS);
        try (StreamModel model = settings.create(1)) {
            MergeState after = merge(settings, model, new OuterStep(1, 0), contributions);
            int union = 0;
            int merged = 0;
            for (Network network : model.networks()) {
                String name = network.name() + ".values";
                int at = 0;
                for (Network.Layer layer : network.layers()) {
                    int[] kept = new int[REPLICAS];
                    int alive = 0;
                    for (int i = at; i < at + layer.weights().length; i++) {
                        boolean any = false;
                        for (int k = 0; k < REPLICAS; k++) {
                            boolean one = isKept(contributions.get(k), name, i);
                            kept[k] += one ? 1 : 0;
                            any |= one;
                        }
                        union += any ? 1 : 0;
                        alive += after.parameters().get(name)[i] != 0 ? 1 : 0;
                    }
                    assertThat((double) alive)
                            .isLessThanOrEqualTo(Arrays.stream(kept).average().orElseThrow())
                            .isPositive();
                    merged += alive;
                    at += layer.weights().length + layer.outputs();
                }
            }
            assertThat(merged).isLessThan(union);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void theOrderOfArrivalDoesNotMatter(ModelSettings settings) {
        List<Contribution> contributions = MergeFixtures.firstRound(settings, REPLICAS);
        List<Contribution> others = new ArrayList<>(contributions);
        Collections.reverse(others);
        try (StreamModel model = settings.create(1)) {
            OuterStep outer = new OuterStep(0.7, 0.9);
            assertSame(merge(settings, model, outer, contributions), merge(settings, model, outer, others));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void oneReplicaAloneIsLeftAsItIsByPlainAveraging(ModelSettings settings) {
        Contribution contribution;
        Map<String, float[]> end;
        try (var replica = MergeFixtures.replica(settings, 0, 1)) {
            contribution = MergeFixtures.learn(replica, 0, 0, MergeFixtures.EVERY);
            end = SharedTensors.of(replica.model());
        }
        try (StreamModel model = settings.create(1)) {
            MergeState after = merge(settings, model, new OuterStep(1, 0), List.of(contribution));
            assertThat(after.parameters()).containsOnlyKeys(end.keySet());
            end.forEach((name, expected) -> {
                float[] actual = after.parameters().get(name);
                for (int i = 0; i < expected.length; i++) {
                    assertThat(actual[i]).isCloseTo(expected[i], within(1e-7f));
                    assertThat(actual[i] == 0).as(name).isEqualTo(expected[i] == 0);
                }
            });
        }
    }

    @Test
    void aGansAverageIsZeroWhereItsGeneratorIs() {
        ModelSettings settings = MergeFixtures.gan();
        try (StreamModel model = settings.create(1)) {
            MergeState before = state(settings, model);
            MergeState after =
                    new RoundMerge(new OuterStep(1, 0.5), model).merge(before, randomContributions(before, 2));
            float[] values = after.parameters().get("generator.values");
            float[] average = after.parameters().get("generator.average");
            int weights = model.networks().get(0).layers().get(0).weights().length;
            for (int i = 0; i < weights; i++) {
                assertThat(values[i] != 0 || average[i] == 0).isTrue();
            }
            after.putInto(model);
            assertThat(model.networks().get(0).layers().get(0).weights()).isEqualTo(Arrays.copyOf(average, weights));
        }
    }

    @Test
    void theStateComesBackAsItWas() throws Exception {
        ModelSettings settings = MergeFixtures.gan();
        try (StreamModel model = settings.create(1)) {
            MergeState state =
                    merge(settings, model, new OuterStep(0.7, 0.9), MergeFixtures.firstRound(settings, REPLICAS));
            MergeState back = MergeState.decode(state.encode());
            assertSame(back, state);
            assertThat(back.position()).isEqualTo(state.position());
            assertThat(back.images()).isEqualTo(200);
            assertThat(back.expected()).isEqualTo(state.expected()).containsExactly(0, 1, 2, 3);
            assertThat(back.batches()).isEqualTo(20);
        }
    }

    @Test
    void aRoundOfNothingAndWrongStepsAreRefused() {
        try (StreamModel model = MergeFixtures.vae().create(1)) {
            RoundMerge merge = new RoundMerge(new OuterStep(1, 0), model);
            assertThatThrownBy(() -> merge.merge(state(MergeFixtures.vae(), model), List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new OuterStep(0, 0)).hasMessageContaining("--outer-learning-rate");
        assertThatThrownBy(() -> new OuterStep(1, 1)).hasMessageContaining("--outer-momentum");
        assertThatThrownBy(() -> new OuterStep(Double.NaN, 0)).hasMessageContaining("--outer-learning-rate");
    }

    private static void assertSame(MergeState one, MergeState other) {
        assertThat(one.parameters().keySet()).isEqualTo(other.parameters().keySet());
        one.parameters().forEach((name, values) -> assertThat(values)
                .isEqualTo(other.parameters().get(name)));
        one.velocity().forEach((name, values) -> assertThat(values)
                .isEqualTo(other.velocity().get(name)));
    }

    private static MergeState merge(
            ModelSettings settings, StreamModel model, OuterStep outer, List<Contribution> contributions) {
        return new RoundMerge(outer, model).merge(state(settings, model), contributions);
    }

    private static MergeState state(ModelSettings settings, StreamModel model) {
        return MergeState.begin(
                MergePosition.start(SavedSettings.write(settings.settings()), MergeFixtures.EVERY, REPLICAS), model);
    }

    /** Of 100, 200, ... images, with changes around 0 and a third of the weights zero in each. */
    private static List<Contribution> randomContributions(MergeState before, int count) {
        Random random = new Random(3);
        List<Contribution> contributions = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            Map<String, Tensor> changes = new HashMap<>();
            Map<String, Tensor> kept = new HashMap<>();
            before.parameters().forEach((name, values) -> {
                float[] change = new float[values.length];
                byte[] bitmap = new byte[(values.length + 7) / 8];
                for (int i = 0; i < change.length; i++) {
                    boolean zero = random.nextInt(3) == 0;
                    change[i] = zero ? values[i] : (float) (0.1 * random.nextGaussian());
                    bitmap[i / 8] |= (byte) (zero ? 0 : 1 << (i % 8));
                }
                changes.put(name, Tensor.ofFloats(change, change.length));
                kept.put(name, Tensor.ofBytes(bitmap, bitmap.length));
            });
            contributions.add(new Contribution(
                    new Share(k, 1, 0, 0, 5, 5, 100L * (k + 1)), REPLICAS, 5, "s", 0, Map.of(), changes, kept));
        }
        return contributions;
    }
}
