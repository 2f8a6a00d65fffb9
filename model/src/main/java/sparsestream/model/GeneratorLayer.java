package sparsestream.model;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A dense layer prepared for one input at a time, without what L1 has removed: inputs that reach no output, and outputs that
 * no input reaches (their value is the bias) or that nothing reads.
 *
 * <p>Whether it keeps its weights densely or only those that are not zero, every output is the bias plus the products in the
 * order of the inputs; leaving out products that are zero changes no sum, so all forms give the same bits.
 */
final class GeneratorLayer {
    /**
     * Share of weights that are not zero up to which the sparse form is faster. A dense row is added by vector instructions, a
     * sparse one element by element: measured on layers from 32 × 256 to 512 × 784, they break even between 0.08 and 0.13.
     */
    static final double SPARSE_BELOW = 0.08;

    private final float[] biases;
    private final int[] inputs;
    private final int[] outputs;
    /** [inputs kept][outputs kept], or [inputs kept][weights that are not zero]. */
    private final float[][] weights;
    /** For the sparse form, which kept output each weight goes to; null for the dense form. */
    private final int[][] targets;

    private GeneratorLayer(float[] biases, int[] inputs, int[] outputs, float[][] weights, int[][] targets) {
        this.biases = biases;
        this.inputs = inputs;
        this.outputs = outputs;
        this.weights = weights;
        this.targets = targets;
    }

    /** @param read which outputs anything depends on */
    static GeneratorLayer of(Network.Layer layer, boolean[] read) {
        return of(layer, read, SPARSE_BELOW);
    }

    static GeneratorLayer of(Network.Layer layer, boolean[] read, double sparseBelow) {
        float[] biases = layer.biases().clone();
        int[] outputs = IntStream.range(0, layer.outputs())
                .filter(out ->
                        read[out] && IntStream.range(0, layer.inputs()).anyMatch(in -> weight(layer, out, in) != 0))
                .toArray();
        int[] inputs = IntStream.range(0, layer.inputs())
                .filter(in -> Arrays.stream(outputs).anyMatch(out -> weight(layer, out, in) != 0))
                .toArray();
        float[][] dense = new float[inputs.length][outputs.length];
        long notZero = 0;
        for (int i = 0; i < inputs.length; i++) {
            for (int o = 0; o < outputs.length; o++) {
                dense[i][o] = weight(layer, outputs[o], inputs[i]);
                notZero += dense[i][o] != 0 ? 1 : 0;
            }
        }
        return notZero < sparseBelow * inputs.length * outputs.length
                ? sparse(biases, inputs, outputs, dense)
                : new GeneratorLayer(biases, inputs, outputs, dense, null);
    }

    private static GeneratorLayer sparse(float[] biases, int[] inputs, int[] outputs, float[][] dense) {
        float[][] weights = new float[inputs.length][];
        int[][] targets = new int[inputs.length][];
        for (int i = 0; i < inputs.length; i++) {
            float[] row = dense[i];
            targets[i] = IntStream.range(0, row.length).filter(o -> row[o] != 0).toArray();
            weights[i] = new float[targets[i].length];
            for (int k = 0; k < targets[i].length; k++) {
                weights[i][k] = row[targets[i][k]];
            }
        }
        return new GeneratorLayer(biases, inputs, outputs, weights, targets);
    }

    private static float weight(Network.Layer layer, int out, int in) {
        return layer.weights()[out * layer.inputs() + in];
    }

    boolean isSparse() {
        return targets != null;
    }

    /** Which of the inputs any kept output depends on. */
    boolean[] inputsRead(int count) {
        boolean[] read = new boolean[count];
        for (int in : inputs) {
            read[in] = true;
        }
        return read;
    }

    /** All outputs for all inputs; one that nothing reads is its bias. */
    float[] apply(float[] x) {
        float[] y = new float[outputs.length];
        for (int o = 0; o < outputs.length; o++) {
            y[o] = biases[outputs[o]];
        }
        if (isSparse()) {
            addSparse(y, x);
        } else {
            addDense(y, x);
        }
        float[] all = biases.clone();
        for (int o = 0; o < outputs.length; o++) {
            all[outputs[o]] = y[o];
        }
        return all;
    }

    private void addSparse(float[] y, float[] x) {
        for (int i = 0; i < inputs.length; i++) {
            float xi = x[inputs[i]];
            float[] row = weights[i];
            int[] target = targets[i];
            for (int k = 0; k < row.length; k++) {
                y[target[k]] += xi * row[k];
            }
        }
    }

    private void addDense(float[] y, float[] x) {
        int i = 0;
        for (; i + 3 < inputs.length; i += 4) {
            addFour(y, x, i);
        }
        for (; i < inputs.length; i++) {
            addOne(y, weights[i], x[inputs[i]]);
        }
    }

    /** Four inputs at once, added one after the other: the same sum, with a quarter of the loads and stores. */
    private void addFour(float[] y, float[] x, int first) {
        float[] w0 = weights[first];
        float[] w1 = weights[first + 1];
        float[] w2 = weights[first + 2];
        float[] w3 = weights[first + 3];
        float x0 = x[inputs[first]];
        float x1 = x[inputs[first + 1]];
        float x2 = x[inputs[first + 2]];
        float x3 = x[inputs[first + 3]];
        for (int o = 0; o < y.length; o++) {
            y[o] = y[o] + x0 * w0[o] + x1 * w1[o] + x2 * w2[o] + x3 * w3[o];
        }
    }

    private static void addOne(float[] y, float[] w, float x) {
        for (int o = 0; o < y.length; o++) {
            y[o] += x * w[o];
        }
    }
}
