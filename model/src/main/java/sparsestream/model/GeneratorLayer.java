package sparsestream.model;

import java.util.stream.IntStream;
import sparsestream.model.layers.Network;

/**
 * A dense layer of a network that draws, with its weights as dense rows, one for each input, or only those that are not zero.
 *
 * <p>Every output is the bias plus the products in the order of the inputs; leaving out products that are zero changes no sum,
 * so both forms give the same bits.
 */
final class GeneratorLayer {
    /**
     * Share of weights that are not zero up to which the sparse form is faster. A dense row is added by vector instructions, a
     * sparse one element by element: measured on layers from 32 × 256 to 512 × 784, they break even between 0.08 and 0.13.
     */
    static final double SPARSE_BELOW = 0.08;

    private final float[] biases;
    /** [inputs][outputs], or [inputs][weights that are not zero]. */
    private final float[][] weights;
    /** For the sparse form, which output each weight goes to; null for the dense form. */
    private final int[][] targets;

    private GeneratorLayer(float[] biases, float[][] weights, int[][] targets) {
        this.biases = biases;
        this.weights = weights;
        this.targets = targets;
    }

    static GeneratorLayer of(Network.Layer layer) {
        return of(layer, SPARSE_BELOW);
    }

    static GeneratorLayer of(Network.Layer layer, double sparseBelow) {
        float[][] rows = new float[layer.inputs()][layer.outputs()];
        long notZero = 0;
        for (int in = 0; in < layer.inputs(); in++) {
            for (int out = 0; out < layer.outputs(); out++) {
                rows[in][out] = layer.weight(out, in);
                notZero += rows[in][out] != 0 ? 1 : 0;
            }
        }
        boolean sparse = notZero < sparseBelow * layer.weights().length;
        return sparse ? sparse(layer, rows) : new GeneratorLayer(layer.biases().clone(), rows, null);
    }

    private static GeneratorLayer sparse(Network.Layer layer, float[][] rows) {
        float[][] weights = new float[rows.length][];
        int[][] targets = new int[rows.length][];
        for (int in = 0; in < rows.length; in++) {
            float[] row = rows[in];
            targets[in] =
                    IntStream.range(0, row.length).filter(out -> row[out] != 0).toArray();
            weights[in] = new float[targets[in].length];
            for (int k = 0; k < targets[in].length; k++) {
                weights[in][k] = row[targets[in][k]];
            }
        }
        return new GeneratorLayer(layer.biases().clone(), weights, targets);
    }

    boolean isSparse() {
        return targets != null;
    }

    /** Each of {@code xs} [images][inputs] on its own: the same bits whatever its company; answers [images][outputs]. */
    float[][] apply(float[][] xs) {
        float[][] ys = new float[xs.length][];
        for (int i = 0; i < xs.length; i++) {
            ys[i] = biases.clone();
        }
        if (isSparse()) {
            for (int i = 0; i < xs.length; i++) {
                addSparse(ys[i], xs[i]);
            }
        } else {
            addDense(ys, xs);
        }
        return ys;
    }

    private void addSparse(float[] y, float[] x) {
        for (int in = 0; in < weights.length; in++) {
            float[] row = weights[in];
            int[] target = targets[in];
            for (int k = 0; k < row.length; k++) {
                y[target[k]] += x[in] * row[k];
            }
        }
    }

    /** All images meet a few rows of weights while these are in the cache of the first level. */
    private void addDense(float[][] ys, float[][] xs) {
        int in = 0;
        for (; in + 3 < weights.length; in += 4) {
            for (int i = 0; i < xs.length; i++) {
                addFour(ys[i], xs[i], in);
            }
        }
        for (; in < weights.length; in++) {
            for (int i = 0; i < xs.length; i++) {
                addOne(ys[i], weights[in], xs[i][in]);
            }
        }
    }

    /** Four inputs at once, added one after the other: the same sum, with a quarter of the loads and stores. */
    private void addFour(float[] y, float[] x, int in) {
        float[] w0 = weights[in];
        float[] w1 = weights[in + 1];
        float[] w2 = weights[in + 2];
        float[] w3 = weights[in + 3];
        float x0 = x[in];
        float x1 = x[in + 1];
        float x2 = x[in + 2];
        float x3 = x[in + 3];
        for (int out = 0; out < y.length; out++) {
            y[out] = y[out] + x0 * w0[out] + x1 * w1[out] + x2 * w2[out] + x3 * w3[out];
        }
    }

    private static void addOne(float[] y, float[] w, float x) {
        for (int out = 0; out < y.length; out++) {
            y[out] += x * w[out];
        }
    }
}
