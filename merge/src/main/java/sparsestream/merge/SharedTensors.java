package sparsestream.merge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sparsestream.contract.Tensor;
import sparsestream.model.StreamModel;
import sparsestream.model.layers.Network;

/**
 * What replicas have in common after a round, of all that a model's state has: parameters and their averages, not the optimiser's
 * moments. Flat and by the names of the state, such as {@code encoder.values} and {@code generator.average}.
 */
public final class SharedTensors {
    /** The suffix of what is trained. */
    public static final String VALUES = ".values";

    /** The suffix of averages, which are published in place of what is trained. */
    public static final String AVERAGE = ".average";

    /** Prefix of what is trained where a checkpoint has the average under the network's own name. */
    private static final String TRAINED = "trained.";

    private SharedTensors() {}

    /** Copies, averages with zeros wherever the parameter itself is zero now, as they are published. */
    public static Map<String, float[]> of(StreamModel model) {
        Map<String, float[]> shared = new LinkedHashMap<>();
        Map<String, float[]> state = model.state().tensors();
        List<Network> networks = model.networks();
        for (Network network : networks) {
            shared.put(network.name() + VALUES, state.get(network.name() + VALUES));
            if (state.containsKey(network.name() + AVERAGE)) {
                shared.put(network.name() + AVERAGE, flat(network));
            }
        }
        return shared;
    }

    private static float[] flat(Network network) {
        int count = network.layers().stream()
                .mapToInt(layer -> layer.weights().length + layer.biases().length)
                .sum();
        float[] flat = new float[count];
        int at = 0;
        for (Network.Layer layer : network.layers()) {
            System.arraycopy(layer.weights(), 0, flat, at, layer.weights().length);
            at += layer.weights().length;
            System.arraycopy(layer.biases(), 0, flat, at, layer.biases().length);
            at += layer.biases().length;
        }
        return flat;
    }

    /** What a published model lacks of these, as tensors to publish along: a network's own parameters where it has averages. */
    public static Map<String, Tensor> unpublished(StreamModel model) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, float[]> shared = of(model);
        for (Network network : model.networks()) {
            if (shared.containsKey(network.name() + AVERAGE)) {
                float[] values = shared.get(network.name() + VALUES);
                tensors.put(TRAINED + network.name(), Tensor.ofFloats(values, values.length));
            }
        }
        return tensors;
    }

    /** The inverse: out of the tensors that were published. Those of no network are left out. */
    static Map<String, float[]> ofPublished(Map<String, Tensor> tensors) {
        Map<String, List<float[]>> layers = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            int dot = name.indexOf('.');
            if (dot > 0 && !name.startsWith(TRAINED)) {
                layers.computeIfAbsent(name.substring(0, dot), network -> new ArrayList<>())
                        .add(tensor.floats());
            }
        });
        Map<String, float[]> shared = new LinkedHashMap<>();
        layers.forEach((network, parts) -> {
            Tensor trained = tensors.get(TRAINED + network);
            if (trained == null) {
                shared.put(network + VALUES, joined(parts));
            } else {
                shared.put(network + VALUES, trained.floats());
                shared.put(network + AVERAGE, joined(parts));
            }
        });
        return shared;
    }

    private static float[] joined(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
