package sparsestream.published;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sparsestream.contract.DType;
import sparsestream.contract.LayerNames;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Tensor;
import sparsestream.model.layers.Network;

/** Networks as the tensors of a file, named as {@link LayerNames} says, and back. */
public final class NetworkTensors {
    private final Map<String, Tensor> tensors;
    private final String network;

    private NetworkTensors(Map<String, Tensor> tensors, String network) {
        this.tensors = tensors;
        this.network = network;
    }

    /** The tensors of networks, layer by layer, weights first. */
    public static Map<String, Tensor> of(Collection<Network> networks) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Network network : networks) {
            for (int i = 0; i < network.layers().size(); i++) {
                Network.Layer layer = network.layers().get(i);
                String name = LayerNames.layer(network.name(), i);
                tensors.put(LayerNames.weight(name), Tensor.ofFloats(layer.weights(), layer.outputs(), layer.inputs()));
                tensors.put(LayerNames.bias(name), Tensor.ofFloats(layer.biases(), layer.outputs()));
            }
        }
        return tensors;
    }

    /**
     * The network of this name.
     *
     * @throws MalformedMessageException if the tensors do not make one; the field is the tensor's name
     */
    public static Network read(Map<String, Tensor> tensors, String network) throws MalformedMessageException {
        return new Network(network, new NetworkTensors(tensors, network).layers());
    }

    /**
     * All networks, by name.
     *
     * @throws MalformedMessageException if one of them is damaged; the field is the tensor's name
     */
    static Map<String, Network> readAll(Map<String, Tensor> tensors) throws MalformedMessageException {
        Map<String, Network> networks = new LinkedHashMap<>();
        for (String tensor : tensors.keySet()) {
            String name = tensor.replaceFirst("\\..*", "");
            if (tensor.equals(LayerNames.weight(LayerNames.layer(name, 0)))) {
                networks.put(name, read(tensors, name));
            }
        }
        return networks;
    }

    /**
     * The network that draws images.
     *
     * @throws MalformedMessageException if the tensors do not make such a network; the field is the tensor's name
     */
    public static Network imageNetwork(PublishedModel published) throws MalformedMessageException {
        NetworkTensors reader = new NetworkTensors(published.tensors(), published.imageNetwork());
        List<Network.Layer> layers = reader.layers();
        int pixels = published.height() * published.width();
        int last = layers.size() - 1;
        if (layers.get(last).outputs() != pixels) {
            throw new MalformedMessageException(
                    reader.weight(last),
                    "gives %s outputs for images of %s×%s pixels"
                            .formatted(layers.get(last).outputs(), published.height(), published.width()));
        }
        return new Network(reader.network, layers);
    }

    private List<Network.Layer> layers() throws MalformedMessageException {
        List<Network.Layer> layers = new ArrayList<>();
        do {
            layers.add(layer(layers));
        } while (tensors.containsKey(weight(layers.size())));
        String prefix = network.isEmpty() ? "" : network + ".";
        for (String name : tensors.keySet()) {
            if (name.startsWith(prefix) && !belongsTo(layers.size(), name)) {
                throw new MalformedMessageException(
                        name, "is none of the weights and biases of " + layers.size() + " layers");
            }
        }
        return layers;
    }

    private Network.Layer layer(List<Network.Layer> before) throws MalformedMessageException {
        int index = before.size();
        Tensor weight = tensor(weight(index));
        int[] shape = weight.shape();
        if (shape.length != 2 || shape[0] < 1 || shape[1] < 1) {
            throw new MalformedMessageException(weight(index), weight + " is not F32 [outputs, inputs]");
        }
        if (index > 0 && before.get(index - 1).outputs() != shape[1]) {
            throw new MalformedMessageException(
                    weight(index),
                    "takes %s inputs, the layer before gives %s"
                            .formatted(shape[1], before.get(index - 1).outputs()));
        }
        Tensor bias = tensor(bias(index));
        if (!Arrays.equals(bias.shape(), new int[] {shape[0]})) {
            throw new MalformedMessageException(bias(index), bias + " is not F32 [" + shape[0] + "]");
        }
        return new Network.Layer(shape[1], shape[0], finite(weight(index), weight), finite(bias(index), bias));
    }

    private Tensor tensor(String name) throws MalformedMessageException {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new MalformedMessageException(name, "is missing");
        }
        if (tensor.dtype() != DType.F32) {
            throw new MalformedMessageException(name, tensor + " is not F32");
        }
        return tensor;
    }

    /** One number that is not finite would make every image a blank. */
    private static float[] finite(String name, Tensor tensor) throws MalformedMessageException {
        float[] values = tensor.floats();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new MalformedMessageException(name, "element " + i + " is " + values[i]);
            }
        }
        return values;
    }

    private boolean belongsTo(int layers, String name) {
        for (int i = 0; i < layers; i++) {
            if (name.equals(weight(i)) || name.equals(bias(i))) {
                return true;
            }
        }
        return false;
    }

    private String weight(int layer) {
        return LayerNames.weight(LayerNames.layer(network, layer));
    }

    private String bias(int layer) {
        return LayerNames.bias(LayerNames.layer(network, layer));
    }
}
