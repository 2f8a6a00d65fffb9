package sparsestream.published;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.factory.Nd4j;
import sparsestream.contract.LayerNames;
import sparsestream.model.layers.Kernels;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Networks;

/**
 * A network that draws images as files that other programs run: latent vectors [batch, latent] go in, intensities [batch, pixels] in
 * [0, 1] come out, row by row of an image.
 */
public final class NetworkFiles {
    // The numbers of ONNX's fields and types, see onnx.proto.
    private static final int IR_VERSION = 8;
    private static final int OPSET = 13;
    private static final int FLOAT = 1;
    private static final int ATTRIBUTE_FLOAT = 1;
    private static final int ATTRIBUTE_INT = 2;

    private NetworkFiles() {}

    /** A zip that DL4J's {@code ModelSerializer} restores as a {@code MultiLayerNetwork}, ready for {@code output}. */
    public static byte[] dl4j(Network network) {
        List<Integer> widths = new ArrayList<>();
        widths.add(network.inputs());
        network.layers().forEach(layer -> widths.add(layer.outputs()));
        MultiLayerNetwork dl4j = Networks.perceptron(widths, 0, WeightInit.UNIFORM, new ActivationSigmoid());
        for (int i = 0; i < network.layers().size(); i++) {
            Network.Layer layer = network.layers().get(i);
            // DL4J holds [inputs, outputs].
            dl4j.setParam(
                    i + "_W",
                    Nd4j.createFromArray(layer.weights())
                            .reshape(layer.outputs(), layer.inputs())
                            .transpose());
            dl4j.setParam(i + "_b", Nd4j.createFromArray(layer.biases()).reshape(1, layer.outputs()));
        }
        try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
            ModelSerializer.writeModel(dl4j, bytes, false);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    /**
     * An <a href="https://onnx.ai">ONNX</a> model, operator set 13, with one input {@code latent} and one output {@code
     * intensities}.
     *
     * @param metadata told along
     */
    public static byte[] onnx(Network network, Map<String, String> metadata) {
        Protobuf graph = new Protobuf();
        String value = "latent";
        int last = network.layers().size() - 1;
        for (int i = 0; i <= last; i++) {
            String layer = LayerNames.layer(network.name(), i);
            String sum = "sum." + i;
            graph.message(
                    1,
                    node("Gemm", List.of(value, LayerNames.weight(layer), LayerNames.bias(layer)), sum)
                            .message(5, attribute("transB").integer(3, 1).integer(20, ATTRIBUTE_INT)));
            value = i == last ? "intensities" : "hidden." + i;
            graph.message(1, activation(i == last, sum, value));
        }
        graph.text(2, network.name());
        for (int i = 0; i <= last; i++) {
            Network.Layer layer = network.layers().get(i);
            String name = LayerNames.layer(network.name(), i);
            graph.message(5, tensor(LayerNames.weight(name), layer.weights(), layer.outputs(), layer.inputs()));
            graph.message(5, tensor(LayerNames.bias(name), layer.biases(), layer.outputs()));
        }
        graph.message(11, batchOf("latent", network.inputs()));
        graph.message(12, batchOf("intensities", network.outputs()));
        Protobuf model = new Protobuf()
                .integer(1, IR_VERSION)
                .text(2, "sparsestream")
                .message(7, graph)
                .message(8, new Protobuf().text(1, "").integer(2, OPSET));
        metadata.forEach(
                (key, text) -> model.message(14, new Protobuf().text(1, key).text(2, text)));
        return model.toByteArray();
    }

    private static Protobuf activation(boolean last, String input, String output) {
        return last
                ? node("Sigmoid", List.of(input), output)
                : node("LeakyRelu", List.of(input), output)
                        .message(5, attribute("alpha").real(2, Kernels.LEAK).integer(20, ATTRIBUTE_FLOAT));
    }

    private static Protobuf node(String operator, List<String> inputs, String output) {
        Protobuf node = new Protobuf();
        inputs.forEach(input -> node.text(1, input));
        return node.text(2, output).text(3, operator + ":" + output).text(4, operator);
    }

    private static Protobuf attribute(String name) {
        return new Protobuf().text(1, name);
    }

    private static Protobuf tensor(String name, float[] values, int... shape) {
        Protobuf tensor = new Protobuf();
        for (int size : shape) {
            tensor.integer(1, size);
        }
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return tensor.integer(2, FLOAT).text(8, name).bytes(9, bytes.array());
    }

    /** F32 of any number of rows. */
    private static Protobuf batchOf(String name, int columns) {
        Protobuf shape = new Protobuf()
                .message(1, new Protobuf().text(2, "batch"))
                .message(1, new Protobuf().integer(1, columns));
        Protobuf type = new Protobuf().integer(1, FLOAT).message(2, shape);
        return new Protobuf().text(1, name).message(2, new Protobuf().message(1, type));
    }
}
