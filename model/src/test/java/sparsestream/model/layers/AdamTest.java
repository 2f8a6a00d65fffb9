package sparsestream.model.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import sparsestream.model.ReferenceMlp;
import sparsestream.model.Vectors;
import sparsestream.model.layers.L1.Method;

class AdamTest {
    private static final double LEARNING_RATE = 0.01;

    private final Parameters parameters = new Parameters(Networks.perceptron(List.of(7, 11, 5), 1));
    private final Team team = new Team(1);

    private Adam adam(L1 l1) {
        return new Adam(parameters, AdamConfig.of(LEARNING_RATE), l1);
    }

    /** Applies a gradient at a step counted from 0. */
    private void apply(Adam adam, float[] gradient, long step) {
        System.arraycopy(gradient, 0, parameters.gradient.values, 0, gradient.length);
        parameters.gradient.push(0, parameters.count);
        adam.update(step, team, 0);
    }

    private float[] values() {
        return parameters.values.values.clone();
    }

    private boolean isWeight(int i) {
        return parameters.layers.stream().anyMatch(layer -> i >= layer.weights() && i < layer.biases());
    }

    /** Of a size between ½ and 1½, so that where ε is added, to √v̂ here and to √v in DL4J, makes no difference of 10⁻⁵. */
    private float[] gradient(long seed) {
        Random random = new Random(seed);
        float[] gradient = new float[parameters.count];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (0.5f + random.nextFloat()) * (random.nextBoolean() ? 1 : -1);
        }
        return gradient;
    }

    private float[] constant(float value) {
        float[] gradient = new float[parameters.count];
        Arrays.fill(gradient, value);
        return gradient;
    }

    @Test
    void tenStepsAgreeWithDl4j() {
        float[] before = values();
        INDArray theirs = Nd4j.createFromArray(before).reshape(1, before.length);
        GradientUpdater<?> updater = new org.nd4j.linalg.learning.config.Adam(LEARNING_RATE, 0.9, 0.999, 1e-8)
                .instantiate(Nd4j.zeros(1, 2L * before.length), true);
        Adam ours = adam(L1.NONE);
        for (int step = 0; step < 10; step++) {
            apply(ours, gradient(step), step);
            INDArray update = Nd4j.createFromArray(gradient(step)).reshape(1, before.length);
            updater.applyUpdater(update, step, 0);
            theirs.subi(update);
        }
        assertThat(Vectors.relativeError(
                        difference(values(), before), difference(theirs.data().asFloat(), before)))
                .isLessThan(1e-5);
    }

    private static float[] difference(float[] a, float[] b) {
        float[] difference = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    /** Algorithm 1 of Kingma and Ba and the thresholds, in double and one number at a time. */
    private double[] reference(float[] before, L1 l1, int steps) {
        double[] w = ReferenceMlp.doubles(before, 0, before.length);
        double[] m = new double[w.length];
        double[] v = new double[w.length];
        for (int step = 0; step < steps; step++) {
            float[] gradient = gradient(step);
            for (int i = 0; i < w.length; i++) {
                double l = isWeight(i) ? l1.lambda() : 0;
                double slope = l * Math.signum(w[i]) / (1 + l1.adaptivity() * Math.abs(w[i]));
                double g = gradient[i] + (l1.method() == Method.SUBGRADIENT ? slope : 0);
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                double den = Math.sqrt(v[i] / (1 - Math.pow(0.999, step + 1))) + 1e-8;
                w[i] -= LEARNING_RATE * m[i] / (1 - Math.pow(0.9, step + 1)) / den;
                double threshold =
                        switch (l1.method()) {
                            case PROXIMAL -> LEARNING_RATE * l / den;
                            case PROXIMAL_PLAIN -> LEARNING_RATE * l;
                            case SUBGRADIENT -> 0;
                        };
                threshold /= 1 + l1.adaptivity() * Math.abs(w[i]);
                w[i] = Math.signum(w[i]) * Math.max(Math.abs(w[i]) - threshold, 0);
            }
        }
        return w;
    }

    @ParameterizedTest
    @CsvSource({
        "PROXIMAL, 0",
        "PROXIMAL_PLAIN, 0",
        "SUBGRADIENT, 0",
        "PROXIMAL, 2",
        "PROXIMAL_PLAIN, 2",
        "SUBGRADIENT, 2"
    })
    void fiftyStepsAgreeWithTheFormulasInDouble(Method method, double adaptivity) {
        float[] before = values();
        L1 l1 = new L1(method, 0.3, adaptivity, 0, 0, 0);
        Adam adam = adam(l1);
        for (int step = 0; step < 50; step++) {
            apply(adam, gradient(step), step);
        }
        double[] expected = reference(before, l1, 50);
        float[] after = values();
        for (int i = 0; i < after.length; i++) {
            assertThat((double) after[i]).isCloseTo(expected[i], within(1e-5));
        }
        long expectedZeros = Arrays.stream(expected).filter(w -> w == 0).count();
        assertThat(zeros(after)).isEqualTo(expectedZeros);
        if (method == Method.SUBGRADIENT) {
            assertThat(expectedZeros).isZero();
        } else {
            assertThat(expectedZeros).isPositive();
        }
    }

    private static long zeros(float[] values) {
        long zeros = 0;
        for (float value : values) {
            zeros += value == 0f ? 1 : 0;
        }
        return zeros;
    }

    @ParameterizedTest
    @EnumSource
    void lambdaZeroIsPlainAdamToTheBit(Method method) {
        float[] before = values();
        Adam plain = adam(L1.NONE);
        Adam zero = adam(new L1(method, 0, 3, 5));
        for (int step = 0; step < 10; step++) {
            apply(plain, gradient(step), step);
        }
        float[] expected = values();
        parameters.set(before);
        for (int step = 0; step < 10; step++) {
            apply(zero, gradient(step), step);
        }
        assertThat(values()).isEqualTo(expected);
        assertThat(zero.firstMoment).isEqualTo(plain.firstMoment);
        assertThat(zero.secondMoment).isEqualTo(plain.secondMoment);
    }

    @ParameterizedTest
    @EnumSource
    void biasesAreUpdatedAsWithoutPenalty(Method method) {
        float[] before = values();
        Adam plain = adam(L1.NONE);
        apply(plain, gradient(1), 0);
        float[] expected = values();
        parameters.set(before);
        apply(adam(new L1(method, 0.5)), gradient(1), 0);
        for (int i = 0; i < parameters.count; i++) {
            if (!isWeight(i)) {
                assertThat(parameters.values.values[i]).isEqualTo(expected[i]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aZeroWeightWithoutGradientStaysZero(Method method) {
        parameters.set(new float[parameters.count]);
        Adam adam = adam(new L1(method, 0.1, 3, 6));
        for (int step = 0; step < 10; step++) {
            apply(adam, new float[parameters.count], step);
        }
        assertThat(values()).isEqualTo(new float[parameters.count]);
    }

    /** The optimality condition of g(w) + λ|w| at 0: the gradient's estimate m̂ is at most λ. At the first step m̂ = g. */
    @Property(tries = 200)
    void aZeroWeightStaysZeroExactlyWhenTheCorrectedMomentIsAtMostLambda(
            @ForAll @FloatRange(min = 0.01f, max = 10f) float lambda,
            @ForAll @FloatRange(min = -2f, max = 2f) float ratio) {
        parameters.set(new float[parameters.count]);
        apply(adam(new L1(Method.PROXIMAL, lambda)), constant(ratio * lambda), 0);
        float weight = parameters.values.values[0];
        if (Math.abs(ratio) < 0.99999f) {
            assertThat(weight).isEqualTo(0f);
        } else if (Math.abs(ratio) > 1.00001f) {
            assertThat(Math.signum(weight)).isEqualTo(-Math.signum(ratio));
        }
    }

    /** |prox(a) − prox(b)| ≤ |a − b|, up to the rounding of one addition. */
    @Property(tries = 200)
    void theSoftThresholdIsNonExpansiveAndNeverChangesSign(
            @ForAll @DoubleRange(min = -3, max = 3) double a,
            @ForAll @DoubleRange(min = -3, max = 3) double b,
            @ForAll @DoubleRange(min = 0.01, max = 200) double lambda,
            @ForAll Method method) {
        if (method == Method.SUBGRADIENT) {
            return;
        }
        float fromA = thresholded((float) a, lambda, method);
        float fromB = thresholded((float) b, lambda, method);
        assertThat(Math.abs(fromA - fromB)).isLessThanOrEqualTo(Math.abs((float) a - (float) b) + 1e-6f);
        assertThat(Math.abs(fromA)).isLessThanOrEqualTo(Math.abs((float) a));
        assertThat(fromA * (float) a >= 0).isTrue();
    }

    /** One step without gradient but with a second moment of 1, so that the metric is 1 and the weight moves by the penalty. */
    private float thresholded(float weight, double lambda, Method method) {
        float[] values = new float[parameters.count];
        Arrays.fill(values, weight);
        parameters.set(values);
        Adam adam = adam(new L1(method, lambda));
        Arrays.fill(adam.secondMoment, 1f);
        apply(adam, new float[parameters.count], 1_000_000);
        float after = parameters.values.values[0];
        // √v̂ is √0.999.
        double threshold = LEARNING_RATE * lambda / (method == Method.PROXIMAL ? Math.sqrt(0.999) : 1);
        if (Math.abs(weight) < threshold * 0.9999) {
            assertThat(after).isEqualTo(0f);
        }
        assertThat((double) after)
                .isCloseTo(Math.signum(weight) * Math.max(Math.abs(weight) - threshold, 0), within(1e-6));
        return after;
    }

    @Test
    void lambdaGrowsLinearlyStaysAndIsOffAfterwards() {
        L1 l1 = new L1(Method.PROXIMAL, 0.4, 4, 10);
        double[] expected = {0.1, 0.2, 0.3, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0, 0};
        for (int step = 0; step < expected.length; step++) {
            assertThat(l1.lambdaAt(step)).isCloseTo(expected[step], within(1e-12));
            assertThat(l1.supportFrozenAt(step)).isEqualTo(step >= 10);
        }
        L1 frozenEarlier = new L1(Method.PROXIMAL, 0.4, 0, 0, 7, 10);
        for (int step = 0; step < expected.length; step++) {
            assertThat(frozenEarlier.supportFrozenAt(step)).isEqualTo(step >= 7);
            assertThat(frozenEarlier.lambdaAt(step)).isEqualTo(step < 10 ? 0.4 : 0);
        }
        assertThat(new L1(Method.PROXIMAL, 0.4).lambdaAt(0)).isEqualTo(0.4);
        assertThat(new L1(Method.PROXIMAL, 0.4).supportFrozenAt(Long.MAX_VALUE)).isFalse();
        assertThat(new L1(Method.PROXIMAL, 0.4, Long.MAX_VALUE, 0).lambdaAt(0)).isCloseTo(0, within(1e-15));
    }

    @Test
    void theLearningRateFallsTowardsItsFloor() {
        AdamConfig config = AdamConfig.of(0.01).withDecay(0.2, 100);
        assertThat(config.rateAt(0)).isEqualTo(0.01);
        // 0.01 · (0.2 + 0.8 / e), and / e².
        assertThat(config.rateAt(100)).isCloseTo(0.00494303553, within(1e-11));
        assertThat(config.rateAt(200)).isCloseTo(0.00308268227, within(1e-11));
        assertThat(config.rateAt(Long.MAX_VALUE)).isEqualTo(0.002);
        assertThat(AdamConfig.of(0.01).rateAt(Long.MAX_VALUE)).isEqualTo(0.01);
    }

    @Test
    void aStepOfADecayingRateIsOneOfTheRateThatIsLeft() {
        float[] before = values();
        L1 l1 = new L1(Method.PROXIMAL, 0.2);
        AdamConfig config = AdamConfig.of(LEARNING_RATE).withDecay(0.2, 10);
        apply(new Adam(parameters, config, l1), gradient(1), 7);
        float[] decayed = values();
        parameters.set(before);
        apply(new Adam(parameters, AdamConfig.of(config.rateAt(7)), l1), gradient(1), 7);
        assertThat(values()).isEqualTo(decayed).isNotEqualTo(before);
    }

    @Test
    void theScheduleDependsOnTheStepAlone() {
        float[] before = values();
        apply(adam(new L1(Method.PROXIMAL, 0.4, 4, 0)), gradient(1), 1);
        float[] warmingUp = values();
        parameters.set(before);
        apply(adam(new L1(Method.PROXIMAL, 0.2)), gradient(1), 1);
        assertThat(values()).isEqualTo(warmingUp);
    }

    @Test
    void afterDebiasingZerosStayZeroAndTheOthersLearnAsWithPlainAdam() {
        float[] before = values();
        for (int i = 0; i < before.length; i += 2) {
            before[i] = 0f;
        }
        parameters.set(before);
        apply(adam(L1.NONE), gradient(1), 5);
        float[] plain = values();
        parameters.set(before);
        apply(adam(new L1(Method.PROXIMAL, 10, 0, 5)), gradient(1), 5);
        for (int i = 0; i < before.length; i++) {
            boolean frozen = isWeight(i) && before[i] == 0f;
            assertThat(parameters.values.values[i]).isEqualTo(frozen ? 0f : plain[i]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterFreezingZerosStayZeroAndTheOthersGoOnBeingPenalised(Method method) {
        float[] before = values();
        for (int i = 0; i < before.length; i += 2) {
            before[i] = 0f;
        }
        // The smallest float is no zero.
        before[1] = Float.MIN_VALUE;
        parameters.set(before);
        apply(adam(new L1(method, 0.3)), gradient(1), 5);
        float[] penalised = values();
        parameters.set(before);
        apply(adam(new L1(method, 0.3, 0, 0, 5, 9)), gradient(1), 5);
        for (int i = 0; i < before.length; i++) {
            boolean frozen = isWeight(i) && before[i] == 0f;
            // By their bits: a sparse tensor stores −0 as if it were no zero.
            assertThat(Float.floatToRawIntBits(parameters.values.values[i]))
                    .isEqualTo(Float.floatToRawIntBits(frozen ? 0f : penalised[i]));
        }
    }

    @Test
    void frozenZerosOnlyBecomeMore() {
        Adam frozen = adam(new L1(Method.PROXIMAL, 0.4, 0, 0, 1, 0));
        boolean[] zero = new boolean[parameters.count];
        for (int step = 0; step < 60; step++) {
            apply(frozen, gradient(step), step);
            float[] now = values();
            for (int i = 0; i < now.length; i++) {
                assertThat(zero[i] && now[i] != 0f).isFalse();
                zero[i] = isWeight(i) && now[i] == 0f;
            }
        }
        long frozenZeros = zeros(values());
        parameters.set(new Parameters(Networks.perceptron(List.of(7, 11, 5), 1)).values.values);
        Adam free = adam(new L1(Method.PROXIMAL, 0.4));
        for (int step = 0; step < 60; step++) {
            apply(free, gradient(step), step);
        }
        assertThat(frozenZeros).isGreaterThan(zeros(values()));
    }

    @Test
    void savingAndUndoingTakesBackUpdatesToTheBit() {
        Adam adam = adam(new L1(Method.PROXIMAL, 0.1));
        apply(adam, gradient(1), 0);
        float[] values = values();
        float[] first = adam.firstMoment.clone();
        float[] second = adam.secondMoment.clone();
        adam.save(team, 0);
        apply(adam, gradient(2), 1);
        apply(adam, gradient(3), 2);
        assertThat(values()).isNotEqualTo(values);
        adam.undo();
        assertThat(values()).isEqualTo(values);
        assertThat(adam.firstMoment).isEqualTo(first);
        assertThat(adam.secondMoment).isEqualTo(second);
        parameters.values.pull(0, parameters.count);
        assertThat(values()).as("the native side too").isEqualTo(values);
    }

    @Test
    void aRestoredOptimiserGoesOnToTheBit() {
        Adam adam = adam(new L1(Method.PROXIMAL, 0.1, 0, 0, 1, 0));
        apply(adam, gradient(1), 0);
        Map<String, float[]> tensors = new LinkedHashMap<>();
        adam.addTo(tensors, "net");
        apply(adam, gradient(2), 1);
        float[] expected = values();
        Adam other = adam(new L1(Method.PROXIMAL, 0.1, 0, 0, 1, 0));
        other.restore(tensors, "net");
        apply(other, gradient(2), 1);
        assertThat(values()).isEqualTo(expected);
    }
}
