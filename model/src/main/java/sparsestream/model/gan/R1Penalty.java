package sparsestream.model.gan;

import static org.bytedeco.openblas.global.openblas.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas.cblas_scopy;

import java.util.Arrays;
import sparsestream.model.layers.DenseStack;
import sparsestream.model.layers.Matrix;

/**
 * The zero-centred gradient penalty R1 = γ/2 ‖∇ₓD(x)‖² (Mescheder, Geiger and Nowozin, 2018, equation 9). Its gradient needs no
 * second-order pass: with g = ∇ₓD(x) held constant, ∇θ ½‖g‖² = (∇θ D(x + εg) − ∇θ D(x − εg)) / 2ε, so that two more blocks of
 * rows, weighted ±γ/2ε, enter the discriminator's backward pass; g itself is the delta of the real images, which that pass
 * computes anyway.
 */
final class R1Penalty {
    private static final float EPSILON = 0.01f;

    private final DenseStack discriminator;
    private final double gamma;
    private final int interval;
    private final double[] squaredNorms;

    /** @param discriminator with four blocks of rows: fakes, real images, and those of x + εg and x − εg */
    R1Penalty(GanConfig config, DenseStack discriminator, int rows) {
        this.discriminator = discriminator;
        this.gamma = config.r1Gamma();
        this.interval = config.r1Interval();
        this.squaredNorms = new double[rows];
    }

    /** ‖∇ₓD(x)‖² of each real image of the batch. */
    double[] squaredNorms() {
        return squaredNorms;
    }

    /** For real images {@code [from, to)} of the batch: forward and backward passes of x + εg and x − εg. */
    void rows(int from, int to, int count) {
        Matrix input = discriminator.input();
        Matrix gradient = discriminator.inputDelta();
        int pixels = input.cols;
        int elements = (to - from) * pixels;
        int real = count + from;
        discriminator.backwardToInput(real, count + to);
        gradient.pull(real, count + to);
        for (int row = real; row < count + to; row++) {
            squaredNorms[row - count] = squaredNorm(gradient.values, row * pixels, (row + 1) * pixels);
            discriminator.scaleDeltas(row, AdversarialLoss.slope(discriminator.output().values[row], true, count));
        }
        // The penalty applies every so many steps, so it counts for as many.
        float weight = (float) (gamma * interval / (2 * EPSILON * count));
        for (int sign = 1; sign >= -1; sign -= 2) {
            int first = (sign > 0 ? 2 : 3) * count + from;
            int end = first + to - from;
            cblas_scopy(elements, input.row(real), 1, input.row(first), 1);
            cblas_saxpy(elements, sign * EPSILON, gradient.row(real), 1, input.row(first), 1);
            discriminator.forward(first, end);
            Arrays.fill(discriminator.outputDelta().values, first, end, sign * weight);
            discriminator.outputDelta().push(first, end);
            discriminator.backward(first, end, false);
        }
    }

    private static double squaredNorm(float[] values, int from, int to) {
        double even = 0;
        double odd = 0;
        for (int i = from; i + 1 < to; i += 2) {
            even += values[i] * values[i];
            odd += values[i + 1] * values[i + 1];
        }
        return (to - from) % 2 == 0 ? even + odd : even + odd + values[to - 1] * values[to - 1];
    }
}
