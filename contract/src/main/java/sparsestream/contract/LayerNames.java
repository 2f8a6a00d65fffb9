package sparsestream.contract;

import java.util.Optional;

/**
 * What the tensors of a dense layer are called, as PyTorch calls them: {@code LAYER.weight} F32 [outputs, inputs] and {@code LAYER.bias} F32
 * [outputs].
 */
public final class LayerNames {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    private LayerNames() {}

    /**
     * A layer, such as {@code decoder.0}.
     *
     * @param network may be empty, where a file has one network only
     * @param index from 0
     */
    public static String layer(String network, int index) {
        return network.isEmpty() ? String.valueOf(index) : network + "." + index;
    }

    public static String weight(String layer) {
        return layer + WEIGHT;
    }

    public static String bias(String layer) {
        return layer + BIAS;
    }

    /** The layer whose weights a tensor holds; empty if it holds none. */
    public static Optional<String> ofWeight(String tensor) {
        return tensor.endsWith(WEIGHT)
                ? Optional.of(tensor.substring(0, tensor.length() - WEIGHT.length()))
                : Optional.empty();
    }
}
