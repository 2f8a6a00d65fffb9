package sparsestream.model.layers;

import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of a multilayer perceptron, detached from the model that learned them.
 *
 * @param name such as {@code decoder}
 * @param layers from input to output
 */
public record Network(String name, List<Layer> layers) {
    /**
     * A dense layer.
     *
     * @param weights [outputs, inputs], row-major
     * @param biases [outputs]
     */
    public record Layer(int inputs, int outputs, float[] weights, float[] biases) {
        public Layer {
            if (inputs < 1 || outputs < 1 || weights.length != (long) inputs * outputs || biases.length != outputs) {
                throw new IllegalArgumentException("a layer of " + inputs + " inputs and " + outputs
                        + " outputs can't have " + weights.length + " weights and " + biases.length + " biases");
            }
        }

        public float weight(int out, int in) {
            return weights[out * inputs + in];
        }
    }

    public Network {
        layers = List.copyOf(layers);
        for (int i = 1; i < layers.size(); i++) {
            if (layers.get(i).inputs() != layers.get(i - 1).outputs()) {
                throw new IllegalArgumentException(
                        name + ": layer " + i + " does not take what layer " + (i - 1) + " gives");
            }
        }
        if (layers.isEmpty()) {
            throw new IllegalArgumentException(name + " has no layers");
        }
    }

    public int inputs() {
        return layers.get(0).inputs();
    }

    public int outputs() {
        return layers.get(layers.size() - 1).outputs();
    }

    /** Share of the weights, biases not counted, that are exactly zero. */
    public double zeroRatio() {
        long zeros = 0;
        long weights = 0;
        for (Layer layer : layers) {
            weights += layer.weights.length;
            for (float weight : layer.weights) {
                zeros += weight == 0f ? 1 : 0;
            }
        }
        return (double) zeros / weights;
    }

    /** The network whose parameters are {@code flat}, in the order of {@link Parameters}. */
    public static Network of(String name, Parameters shape, float[] flat) {
        List<Layer> layers = new ArrayList<>();
        for (Parameters.Layer layer : shape.layers) {
            layers.add(new Layer(
                    layer.inputs(),
                    layer.outputs(),
                    java.util.Arrays.copyOfRange(flat, layer.weights(), layer.biases()),
                    java.util.Arrays.copyOfRange(flat, layer.biases(), layer.end())));
        }
        return new Network(name, layers);
    }
}
