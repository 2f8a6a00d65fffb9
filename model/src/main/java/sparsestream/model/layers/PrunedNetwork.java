package sparsestream.model.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A network without what L1 has removed: inputs and hidden units that reach no output, and outputs that nothing reaches. It
 * computes the same sums, in the same order, without their zero terms.
 *
 * @param network what is left; no layer is empty, so of a network of zeros alone one unit a layer is
 * @param inputs which inputs of the whole network those of {@code network} are, ascending
 * @param outputs which outputs of the whole network those of {@code network} are, ascending
 * @param biases of all outputs of the whole network: the value of an output that nothing reaches
 */
public record PrunedNetwork(Network network, int[] inputs, int[] outputs, float[] biases) {
    private static final int[] FIRST = {0};

    public static PrunedNetwork of(Network whole) {
        int depth = whole.layers().size();
        Network.Layer last = whole.layers().get(depth - 1);
        int[][] kept = new int[depth + 1][];
        kept[depth] = orFirst(IntStream.range(0, last.outputs())
                .filter(out -> isReached(last, out))
                .toArray());
        for (int i = depth - 1; i >= 0; i--) {
            kept[i] = orFirst(inputsThatReach(whole.layers().get(i), kept[i + 1]));
        }
        List<Network.Layer> layers = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            layers.add(select(whole.layers().get(i), kept[i], kept[i + 1]));
        }
        return new PrunedNetwork(
                new Network(whole.name(), layers),
                kept[0],
                kept[depth],
                last.biases().clone());
    }

    private static int[] orFirst(int[] kept) {
        return kept.length == 0 ? FIRST : kept;
    }

    private static boolean isReached(Network.Layer layer, int out) {
        return IntStream.range(0, layer.inputs()).anyMatch(in -> layer.weight(out, in) != 0);
    }

    private static int[] inputsThatReach(Network.Layer layer, int[] outputs) {
        boolean[] reaches = new boolean[layer.inputs()];
        for (int out : outputs) {
            for (int in = 0; in < reaches.length; in++) {
                reaches[in] |= layer.weight(out, in) != 0;
            }
        }
        return IntStream.range(0, reaches.length).filter(in -> reaches[in]).toArray();
    }

    private static Network.Layer select(Network.Layer layer, int[] inputs, int[] outputs) {
        float[] weights = new float[inputs.length * outputs.length];
        float[] biases = new float[outputs.length];
        for (int o = 0; o < outputs.length; o++) {
            biases[o] = layer.biases()[outputs[o]];
            for (int i = 0; i < inputs.length; i++) {
                weights[o * inputs.length + i] = layer.weight(outputs[o], inputs[i]);
            }
        }
        return new Network.Layer(inputs.length, outputs.length, weights, biases);
    }

    /** From values of the whole network's inputs to those of what is left; {@code rows} rows of each. */
    public void gatherInputs(float[] whole, int wholeWidth, float[] kept, int rows) {
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < inputs.length; i++) {
                kept[row * inputs.length + i] = whole[row * wholeWidth + inputs[i]];
            }
        }
    }

    /** From the outputs of what is left to those of the whole network; {@code rows} rows of each. */
    public void scatterOutputs(float[] kept, float[] whole, int rows) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(biases, 0, whole, row * biases.length, biases.length);
            for (int o = 0; o < outputs.length; o++) {
                whole[row * biases.length + outputs[o]] = kept[row * outputs.length + o];
            }
        }
    }
}
