package sparsestream.model.layers;

import static org.bytedeco.openblas.global.openblas.cblas_sasum;

import sparsestream.model.layers.Parameters.Layer;

/**
 * A multilayer perceptron that computes in place: dense layers, a leaky rectifier after all but the last, whose outputs are
 * logits or means. Activations and their gradients ("deltas") are allocated once, for a largest number of rows.
 *
 * <p>A caller fills {@link #input}, calls {@link #forward}, fills the delta of the {@link #output}, calls {@link #backward} and
 * then {@link #weightGradient}. The first two work on any range of rows, so that threads can share a batch.
 */
public final class DenseStack implements AutoCloseable {
    public final Parameters parameters;

    private final Matrix[] activations;
    private final Matrix[] deltas;
    private final Matrix ones;
    /** Σ|g| of the weights of each block of units of each layer. */
    private final float[][] weightMagnitudes;
    /** Σ|g| of the biases of each block of units of each layer. */
    private final float[][] biasMagnitudes;

    /** @param capacity largest number of rows of a batch */
    public DenseStack(Parameters parameters, int capacity) {
        // Not earlier: ND4J, when it loads with the first network, gives OpenBLAS as many threads as there are cores.
        Blas.useOneThreadPerCall();
        this.parameters = parameters;
        int depth = parameters.layers.size();
        activations = new Matrix[depth + 1];
        deltas = new Matrix[depth + 1];
        for (int i = 0; i <= depth; i++) {
            int width = i == 0
                    ? parameters.layers.get(0).inputs()
                    : parameters.layers.get(i - 1).outputs();
            activations[i] = new Matrix(capacity, width);
            deltas[i] = new Matrix(capacity, width);
        }
        weightMagnitudes = blocks(parameters, Blas.BLOCK);
        biasMagnitudes = blocks(parameters, Blas.SUM_BLOCK);
        ones = new Matrix(capacity, 1);
        java.util.Arrays.fill(ones.values, 1f);
        ones.push(0, capacity);
    }

    /** A number for each block of units of each layer. */
    private static float[][] blocks(Parameters parameters, int block) {
        return parameters.layers.stream()
                .map(layer -> new float[(layer.outputs() - 1) / block + 1])
                .toArray(float[][]::new);
    }

    /** [capacity, inputs]; {@link #forward} reads the native side. */
    public Matrix input() {
        return activations[0];
    }

    /** [capacity, outputs]; {@link #forward} leaves both sides valid. */
    public Matrix output() {
        return activations[activations.length - 1];
    }

    /** [capacity, outputs of layer {@code i}], after the rectifier; {@link #forward} leaves both sides valid. */
    public Matrix activation(int i) {
        return activations[i + 1];
    }

    /** The loss's gradient in the input, [capacity, inputs]; {@link #backward} leaves the native side valid. */
    public Matrix inputDelta() {
        return deltas[0];
    }

    /** The loss's gradient in the output, [capacity, outputs]; {@link #backward} reads the native side. */
    public Matrix outputDelta() {
        return deltas[deltas.length - 1];
    }

    /** Computes the rows {@code [from, to)} of the output from those of the input. */
    public void forward(int from, int to) {
        for (int i = 0; i < parameters.layers.size(); i++) {
            Layer layer = parameters.layers.get(i);
            Matrix x = activations[i];
            Matrix y = activations[i + 1];
            y.fillRows(from, to, parameters.values.values, layer.biases());
            Blas.addForward(
                    to - from,
                    layer.inputs(),
                    layer.outputs(),
                    x.row(from),
                    parameters.values.at(layer.weights()),
                    y.row(from));
            y.pull(from, to);
            if (i + 1 < parameters.layers.size()) {
                Kernels.leakyRelu(y.values, from * y.cols, to * y.cols);
                y.push(from, to);
            }
        }
    }

    /**
     * Computes the rows {@code [from, to)} of the deltas of all layers from those of the output.
     *
     * @param toInput whether the delta of the input is wanted too; it costs as much as a layer
     */
    public void backward(int from, int to, boolean toInput) {
        for (int i = parameters.layers.size() - 1; i > 0; i--) {
            backwardThrough(i, from, to);
            Matrix dx = deltas[i];
            dx.pull(from, to);
            Kernels.leakyReluBackward(dx.values, activations[i].values, from * dx.cols, to * dx.cols);
            dx.push(from, to);
        }
        if (toInput) {
            backwardToInput(from, to);
        }
    }

    /** Computes the rows {@code [from, to)} of the delta of the input after a {@link #backward} that left it out. */
    public void backwardToInput(int from, int to) {
        backwardThrough(0, from, to);
    }

    private void backwardThrough(int i, int from, int to) {
        Layer layer = parameters.layers.get(i);
        Blas.backward(
                to - from,
                layer.inputs(),
                layer.outputs(),
                deltas[i + 1].row(from),
                parameters.values.at(layer.weights()),
                deltas[i].row(from));
    }

    /** Multiplies the deltas of row {@code row} in all layers but the input by {@code factor}, as if the output's had been. */
    public void scaleDeltas(int row, float factor) {
        for (int i = 1; i < deltas.length; i++) {
            Matrix delta = deltas[i];
            Kernels.scale(delta.values, factor, row * delta.cols, (row + 1) * delta.cols);
            delta.push(row, row + 1);
        }
    }

    /**
     * Sets the gradient of all parameters to the sum over the first {@code rows} rows; this is the given part's share of it,
     * a range of units of each layer.
     */
    public void weightGradient(int rows, Team team, int part) {
        for (int i = 0; i < parameters.layers.size(); i++) {
            Layer layer = parameters.layers.get(i);
            int from = team.from(part, layer.outputs());
            int to = team.to(part, layer.outputs());
            if (from < to) {
                Blas.weightGradient(
                        rows,
                        layer.inputs(),
                        layer.outputs(),
                        to - from,
                        deltas[i + 1].at(from),
                        activations[i].row(0),
                        parameters.gradient.at(layer.weights() + (long) from * layer.inputs()));
                sumMagnitudes(weightMagnitudes[i], Blas.BLOCK, layer.weights(), layer.inputs(), from, to);
            }
            int sumFrom = team.from(part, layer.outputs(), Blas.SUM_BLOCK);
            int sumTo = team.from(part + 1, layer.outputs(), Blas.SUM_BLOCK);
            if (sumFrom < sumTo) {
                Blas.biasGradient(
                        rows,
                        layer.outputs(),
                        sumTo - sumFrom,
                        deltas[i + 1].at(sumFrom),
                        ones.row(0),
                        parameters.gradient.at(layer.biases() + sumFrom));
                sumMagnitudes(biasMagnitudes[i], Blas.SUM_BLOCK, layer.biases(), 1, sumFrom, sumTo);
            }
        }
    }

    /**
     * Sums |g| of some units, block by block, so that the sums do not depend on how units are shared.
     *
     * @param first where the elements of unit 0 begin
     * @param elements of a unit
     */
    private void sumMagnitudes(float[] sums, int block, int first, int elements, int from, int to) {
        for (int unit = from; unit < to; unit += block) {
            int units = Math.min(block, to - unit);
            sums[unit / block] =
                    cblas_sasum(units * elements, parameters.gradient.at(first + (long) unit * elements), 1);
        }
    }

    /**
     * Whether every element of the last {@link #weightGradient}, and the square of their sum, is a finite number. Adam's second moment would stay
     * infinite after one square that is not, and its weight would never move again.
     */
    public boolean gradientIsFinite() {
        float sum = 0;
        for (int i = 0; i < weightMagnitudes.length; i++) {
            sum += sum(weightMagnitudes[i]) + sum(biasMagnitudes[i]);
        }
        return Float.isFinite(sum * sum);
    }

    private static float sum(float[] magnitudes) {
        float sum = 0;
        for (float magnitude : magnitudes) {
            sum += magnitude;
        }
        return sum;
    }

    /** Frees activations and deltas, not the parameters. */
    @Override
    public void close() {
        java.util.stream.Stream.of(activations, deltas)
                .flatMap(java.util.Arrays::stream)
                .forEach(Matrix::close);
        ones.close();
    }
}
