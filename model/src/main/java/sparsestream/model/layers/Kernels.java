package sparsestream.model.layers;

/**
 * Elementwise loops over heap arrays, written so that the C2 compiler of JDK 17 vectorises them: every array has the same
 * index, and there is no branch, conversion or call but {@code Math.min}, {@code max}, {@code abs} and {@code sqrt}.
 */
public final class Kernels {
    /** Slope of the leaky rectifier for negative inputs. */
    public static final float LEAK = 0.2f;

    /** Elements that share a logarithm: each at least ½, they multiply to no less than 2⁻⁵¹². */
    private static final int LOG_BLOCK = 512;

    private Kernels() {}

    /** y ← max(y, LEAK·y) on {@code [from, to)}. */
    public static void leakyRelu(float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            y[i] = Math.max(y[i], LEAK * y[i]);
        }
    }

    /** delta ← delta · (1 where y &gt; 0, else LEAK), for y = leakyRelu(x). */
    public static void leakyReluBackward(float[] delta, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            // 1 for any positive normal float, 0 otherwise: a comparison would not be vectorised.
            float positive = Math.min(1f, Math.max(0f, y[i] * Float.MAX_VALUE));
            delta[i] *= LEAK + (1f - LEAK) * positive;
        }
    }

    /**
     * y ← 1 / (1 + e⁻ˣ) on {@code [from, to)}, never outside [0, 1] and with an absolute error below 2.5·10⁻⁷: ½ + ½ tanh(x/2),
     * the hyperbolic tangent as the rational minimax approximation of degree 13/6 in use in Eigen and XLA, which needs neither
     * exp nor a conversion. Beyond ±8 it would leave [−1, 1].
     */
    public static void sigmoid(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            float a = Math.max(-8f, Math.min(8f, 0.5f * x[i]));
            float b = a * a;
            float p = b * -2.7607684e-16f + 2.000188e-13f;
            p = p * b - 8.604672e-11f;
            p = p * b + 5.1222973e-8f;
            p = p * b + 1.48572235e-5f;
            p = p * b + 6.3726195e-4f;
            p = p * b + 4.8935246e-3f;
            float q = b * 1.1982584e-6f + 1.1853471e-4f;
            q = q * b + 2.2684347e-3f;
            q = q * b + 4.893525e-3f;
            y[i] = 0.5f + 0.5f * (a * p / q);
        }
    }

    /** delta ← scale · (probability − target) on {@code [from, to)}: the gradient of sigmoid cross-entropy in the logits. */
    public static void crossEntropyGradient(
            float[] delta, float[] probability, float[] target, float scale, int from, int to) {
        for (int i = from; i < to; i++) {
            delta[i] = scale * (probability[i] - target[i]);
        }
    }

    /**
     * Σ softplus(x) − x·t on {@code [from, to)}: the sigmoid cross-entropy of logits x with targets t, in nats. It is summed as
     * max(x, 0) − x·t − log σ(|x|), stable for logits of any size, where max(x, 0) = (x + |x|)/2 and σ(|x|) = ½ + |p − ½|.
     *
     * @param probability p = σ(logits)
     */
    public static double crossEntropy(float[] logits, float[] probability, float[] target, int from, int to) {
        double sum = 0;
        for (int block = from; block < to; block += LOG_BLOCK) {
            sum += crossEntropyOfBlock(logits, probability, target, block, Math.min(to, block + LOG_BLOCK));
        }
        return sum;
    }

    /** One logarithm for a whole block, of the product of its σ(|x|); four at a time, because additions wait for one another. */
    private static double crossEntropyOfBlock(float[] logits, float[] probability, float[] target, int from, int to) {
        double sum = 0;
        double product = 1;
        int i = from;
        for (; i + 3 < to; i += 4) {
            sum += (linearTerm(logits[i], target[i]) + linearTerm(logits[i + 1], target[i + 1]))
                    + (linearTerm(logits[i + 2], target[i + 2]) + linearTerm(logits[i + 3], target[i + 3]));
            product *= (confidence(probability[i]) * confidence(probability[i + 1]))
                    * (confidence(probability[i + 2]) * confidence(probability[i + 3]));
        }
        for (; i < to; i++) {
            sum += linearTerm(logits[i], target[i]);
            product *= confidence(probability[i]);
        }
        return sum - StrictMath.log(product);
    }

    /** max(x, 0) − x·t; double, because the sum of finite floats need not be one. */
    private static double linearTerm(float x, float t) {
        return x * (0.5f - t) + 0.5f * Math.abs(x);
    }

    /** max(p, 1 − p). */
    private static float confidence(float p) {
        return 0.5f + Math.abs(p - 0.5f);
    }

    /** delta ← outer · y · (1 − y) on {@code [from, to)}, for y = σ(x): from the gradient in y to that in x. */
    public static void sigmoidBackward(float[] delta, float[] outer, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            delta[i] = outer[i] * y[i] * (1f - y[i]);
        }
    }

    /** delta ← delta + scale · y · (1 − y) on {@code [from, to)}: the gradient of scale · Σ|y| in x, for y = σ(x). */
    public static void addSigmoidSlope(float[] delta, float[] y, float scale, int from, int to) {
        for (int i = from; i < to; i++) {
            delta[i] += scale * y[i] * (1f - y[i]);
        }
    }

    /** average ← decay · average + (1 − decay) · x on {@code [from, to)}. */
    public static void average(float[] average, float[] x, float decay, int from, int to) {
        for (int i = from; i < to; i++) {
            average[i] = decay * average[i] + (1f - decay) * x[i];
        }
    }

    /** x ← factor · x on {@code [from, to)}. */
    public static void scale(float[] x, float factor, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] *= factor;
        }
    }
}
