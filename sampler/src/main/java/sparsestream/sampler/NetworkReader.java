package sparsestream.sampler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import sparsestream.contract.DType;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Tensor;
import sparsestream.model.layers.Network;

/** Reads a network out of a published model. */
final class NetworkReader {
    private final Map<String, Tensor> tensors;
    private final String network;

    private NetworkReader(PublishedModel published, String network) {
        this.tensors = published.tensors();
        this.network = network;
    }

    /**
     * The network of this name.
     *
     * @throws MalformedMessageException if the tensors do not make one; the field is the tensor's name
     */
    static Network read(PublishedModel published, String network) throws MalformedMessageException {
        return new Network(network, new NetworkReader(published, network).layers());
    }

    /**
     * The network that draws images.
     *
     * @throws MalformedMessageException if the tensors do not make such a network; the field is the tensor's name
     */
    static Network read(PublishedModel published) throws MalformedMessageException {
        NetworkReader reader = new NetworkReader(published, published.imageNetwork());
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
        for (String name : tensors.keySet()) {
            if (name.startsWith(network + ".") && !belongsTo(layers.size(), name)) {
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
        return network + "." + layer + ".weight";
    }

    private String bias(int layer) {
        return network + "." + layer + ".bias";
    }
}
