package sparsestream.model.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.model.ReferenceMlp;

class KernelsTest {
    private static final float[] EXTREMES = {
        0f,
        -0f,
        1e-30f,
        -1e-30f,
        Float.MIN_NORMAL,
        -Float.MIN_NORMAL,
        1f,
        -1f,
        16f,
        -16f,
        1e4f,
        -1e4f,
        1e30f,
        -1e30f,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY
    };

    /** Not a multiple of any vector width, and ranges that begin in the middle of a vector. */
    private static final int LENGTH = 1003;

    private static final int FROM = 3;
    private static final int TO = 1001;

    @Test
    void leakyReluKeepsPositiveNumbersAndLeaksNegativeOnes() {
        float[] x = inputs(1, 5f);
        float[] y = x.clone();
        Kernels.leakyRelu(y, FROM, TO);
        compare(x, y, v -> v > 0 ? v : 0.2f * v, 1e-7);
    }

    @Test
    void leakyReluBackwardScalesByTheSlope() {
        float[] y = inputs(2, 5f);
        float[] delta = new float[LENGTH];
        java.util.Arrays.fill(delta, 3f);
        Kernels.leakyReluBackward(delta, y, FROM, TO);
        for (int i = 0; i < LENGTH; i++) {
            boolean leaks = i >= FROM && i < TO && y[i] <= 0;
            assertThat(delta[i]).isEqualTo(leaks ? 3f * 0.2f : 3f);
        }
    }

    @Test
    void notANumberStaysNotANumber() {
        float[] x = {Float.NaN};
        float[] y = {0f};
        Kernels.leakyRelu(x, 0, 1);
        assertThat(x[0]).isNaN();
        Kernels.sigmoid(x, y, 0, 1);
        assertThat(y[0]).isNaN();
        float[] delta = {1f};
        Kernels.leakyReluBackward(delta, x, 0, 1);
        assertThat(delta[0]).isNaN();
        assertThat(Kernels.crossEntropy(x, y, new float[] {1f}, 0, 1)).isNaN();
    }

    @Test
    void sigmoidIsThatOfDoublePrecision() {
        float[] x = inputs(3, 6f);
        float[] y = x.clone();
        Kernels.sigmoid(x, y, FROM, TO);
        compare(x, y, ReferenceMlp::sigmoid, 2.5e-7);
    }

    @Test
    void sigmoidNeverLeavesTheUnitIntervalNearItsEnds() {
        int first = Float.floatToIntBits(8f);
        float[] x = new float[Float.floatToIntBits(32f) - first];
        for (int i = 0; i < x.length; i++) {
            x[i] = Float.intBitsToFloat(first + i) * (i % 2 == 0 ? 1 : -1);
        }
        Kernels.sigmoid(x, x, 0, x.length);
        float min = 1f;
        float max = 0f;
        for (float y : x) {
            min = Math.min(min, y);
            max = Math.max(max, y);
        }
        assertThat(min).isEqualTo(0f);
        assertThat(max).isEqualTo(1f);
    }

    @ParameterizedTest
    @ValueSource(floats = {0.1f, 1f, 10f, 1000f, 1e4f})
    void crossEntropyIsThatOfDoublePrecisionForLogitsOfAnySize(float size) {
        Random random = new Random(4);
        float[] logits = new float[5000];
        float[] targets = new float[5000];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = size * (float) random.nextGaussian();
            targets[i] = random.nextInt(256) / 255f;
        }
        float[] probabilities = new float[5000];
        Kernels.sigmoid(logits, probabilities, 0, 5000);
        double expected = 0;
        for (int i = FROM; i < 4998; i++) {
            expected += ReferenceMlp.softplus(logits[i]) - (double) logits[i] * targets[i];
        }
        // A probability's error is below 2.5·10⁻⁷, hence that of log σ(|x|) ≥ log ½ below 5·10⁻⁷.
        assertThat(Kernels.crossEntropy(logits, probabilities, targets, FROM, 4998))
                .isCloseTo(expected, within(5000 * 5e-7 + 1e-7 * expected));
    }

    @Test
    void crossEntropyOfFiniteLogitsIsFiniteAndNotNegative() {
        for (float logit : EXTREMES) {
            if (Float.isInfinite(logit)) {
                continue;
            }
            float[] logits = new float[2049];
            java.util.Arrays.fill(logits, logit);
            float[] probabilities = new float[2049];
            Kernels.sigmoid(logits, probabilities, 0, 2049);
            for (float target : new float[] {0f, 0.5f, 1f}) {
                float[] targets = new float[2049];
                java.util.Arrays.fill(targets, target);
                double loss = Kernels.crossEntropy(logits, probabilities, targets, 0, 2049);
                double expected = 2049 * (ReferenceMlp.softplus(logit) - (double) logit * target);
                assertThat(loss).isFinite().isNotNegative().isCloseTo(expected, within(1e-3 + 1e-6 * expected));
            }
        }
    }

    @Test
    void crossEntropyOfHalfProbabilitiesDoesNotUnderflow() {
        float[] zeros = new float[100_000];
        float[] halves = new float[100_000];
        java.util.Arrays.fill(halves, 0.5f);
        assertThat(Kernels.crossEntropy(zeros, halves, zeros, 0, 100_000))
                .isCloseTo(100_000 * Math.log(2), within(1e-6));
    }

    @Test
    void theOtherLoopsAreTheirFormulas() {
        float[] a = finite(inputs(5, 2f));
        float[] b = finite(inputs(6, 2f));
        float[] out = a.clone();

        Kernels.crossEntropyGradient(out, a, b, 0.125f, FROM, TO);
        check(out, a, i -> 0.125f * (a[i] - b[i]));

        System.arraycopy(a, 0, out, 0, LENGTH);
        Kernels.sigmoidBackward(out, b, a, FROM, TO);
        check(out, a, i -> b[i] * a[i] * (1f - a[i]));

        System.arraycopy(a, 0, out, 0, LENGTH);
        Kernels.average(out, b, 0.999f, FROM, TO);
        check(out, a, i -> 0.999f * a[i] + (1f - 0.999f) * b[i]);

        System.arraycopy(a, 0, out, 0, LENGTH);
        Kernels.scale(out, -0.75f, FROM, TO);
        check(out, a, i -> -0.75f * a[i]);
    }

    @FunctionalInterface
    private interface Element {
        float at(int i);
    }

    /** Inside the range the formula, outside it what was there. */
    private static void check(float[] out, float[] untouched, Element formula) {
        for (int i = 0; i < LENGTH; i++) {
            assertThat(out[i]).isEqualTo(i >= FROM && i < TO ? formula.at(i) : untouched[i]);
        }
    }

    private static void compare(float[] x, float[] y, DoubleUnaryOperator formula, double tolerance) {
        for (int i = 0; i < LENGTH; i++) {
            double expected = i >= FROM && i < TO ? formula.applyAsDouble(x[i]) : x[i];
            if (Double.isInfinite(expected)) {
                assertThat((double) y[i]).isEqualTo(expected);
            } else {
                assertThat((double) y[i]).isCloseTo(expected, within(tolerance * Math.max(1, Math.abs(expected))));
            }
        }
    }

    /** Normal deviates of a given size, with the extremes at the head and at the tail. */
    private static float[] inputs(long seed, float size) {
        Random random = new Random(seed);
        float[] x = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            x[i] = size * (float) random.nextGaussian();
        }
        System.arraycopy(EXTREMES, 0, x, FROM, EXTREMES.length);
        System.arraycopy(EXTREMES, 0, x, TO - EXTREMES.length, EXTREMES.length);
        return x;
    }

    private static float[] finite(float[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.max(-1e10f, Math.min(1e10f, x[i]));
        }
        return x;
    }
}
