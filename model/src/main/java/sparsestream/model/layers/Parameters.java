package sparsestream.model.layers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * The parameters and the gradient of one DL4J network, in the network's own buffer and in its order: for each layer the
 * weights [out, in] (DL4J's [in, out] in column-major order is the same memory), then the biases [out].
 */
public final class Parameters implements AutoCloseable {
    /** Where a layer's parameters are, as elements of the buffer. */
    public record Layer(int inputs, int outputs, int weights, int biases) {
        public int end() {
            return biases + outputs;
        }
    }

    public final List<Layer> layers;
    public final int count;
    /** [count, 1], over the network's buffer; both sides always agree between steps. */
    public final Matrix values;
    /** [count, 1]; the heap side is valid after a pull. */
    public final Matrix gradient;

    /** Null if the parameters are a copy of their own. */
    private final MultiLayerNetwork network;

    /** A copy of a network's parameters, to be closed after use. */
    public Parameters(Network copied) {
        this.network = null;
        this.layers = layersOf(copied);
        this.count = layers.get(layers.size() - 1).end();
        this.values = new Matrix(count, 1);
        this.gradient = new Matrix(0, 1);
        for (int i = 0; i < layers.size(); i++) {
            Network.Layer from = copied.layers().get(i);
            System.arraycopy(from.weights(), 0, values.values, layers.get(i).weights(), from.weights().length);
            System.arraycopy(from.biases(), 0, values.values, layers.get(i).biases(), from.biases().length);
        }
        values.push(0, count);
    }

    /** Those of a DL4J network, which is closed with them. */
    public Parameters(MultiLayerNetwork network) {
        // ND4J, when it loads with the first network, gives OpenBLAS as many threads as there are cores.
        Blas.useOneThreadPerCall();
        this.network = network;
        this.layers = layersOf(network);
        this.count = layers.get(layers.size() - 1).end();
        if (network.params().length() != count) {
            throw new IllegalStateException("the network has parameters of other kinds than dense layers'");
        }
        FloatPointer own = (FloatPointer) network.params().data().addressPointer();
        this.values = new Matrix(count, 1, own);
        this.gradient = new Matrix(count, 1);
        values.pull(0, count);
    }

    private static List<Layer> layersOf(MultiLayerNetwork network) {
        List<Layer> layers = new ArrayList<>();
        for (org.deeplearning4j.nn.api.Layer layer : network.getLayers()) {
            append(layers, (int) layer.getParam("W").size(0), (int)
                    layer.getParam("W").size(1));
        }
        return List.copyOf(layers);
    }

    private static List<Layer> layersOf(Network network) {
        List<Layer> layers = new ArrayList<>();
        network.layers().forEach(layer -> append(layers, layer.inputs(), layer.outputs()));
        return List.copyOf(layers);
    }

    private static void append(List<Layer> layers, int inputs, int outputs) {
        int offset = layers.isEmpty() ? 0 : layers.get(layers.size() - 1).end();
        layers.add(new Layer(inputs, outputs, offset, offset + inputs * outputs));
    }

    /** The DL4J network that owns the buffer. */
    public MultiLayerNetwork network() {
        return network;
    }

    /** Replaces all parameters. */
    public void set(float[] parameters) {
        System.arraycopy(parameters, 0, values.values, 0, count);
        values.push(0, count);
    }

    /** Share of the weights of some networks, biases not counted, that are exactly zero. */
    public static double zeroRatio(List<Parameters> networks) {
        long zeros = 0;
        long weights = 0;
        for (Parameters network : networks) {
            for (Layer layer : network.layers) {
                weights += layer.biases - layer.weights;
                for (int i = layer.weights; i < layer.biases; i++) {
                    zeros += network.values.values[i] == 0f ? 1 : 0;
                }
            }
        }
        return (double) zeros / weights;
    }

    @Override
    public void close() {
        gradient.close();
        if (network == null) {
            values.close();
        } else {
            // Not the network's own close(), which asks the JVM to collect its garbage: 30 ms for each of a few
            // thousand small models.
            network.params().close();
        }
    }
}
