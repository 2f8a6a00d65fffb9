package sparsestream.model.layers;

import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.learning.config.NoOp;

/** Builds the DL4J networks that hold configuration, initial values and parameters. */
public final class Networks {
    private Networks() {}

    /**
     * A multilayer perceptron, leaky rectifier on hidden layers and identity at the end, with weights uniform on ±1/√inputs and
     * zero biases.
     *
     * @param widths of the input, the hidden layers and the output
     * @param seed of the initial weights
     */
    public static MultiLayerNetwork perceptron(List<Integer> widths, long seed) {
        return perceptron(widths, seed, WeightInit.UNIFORM, new ActivationIdentity());
    }

    /**
     * The same with weights normal with variance 2/inputs, so that activations are as large in the last layer as in the first
     * (He, Zhang, Ren and Sun, 2015).
     */
    public static MultiLayerNetwork hePerceptron(List<Integer> widths, long seed) {
        return perceptron(widths, seed, WeightInit.RELU, new ActivationIdentity());
    }

    /**
     * The same with other initial weights and another last activation.
     *
     * @param end activation of the last layer
     */
    public static MultiLayerNetwork perceptron(List<Integer> widths, long seed, WeightInit init, IActivation end) {
        NeuralNetConfiguration.ListBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .weightInit(init)
                .updater(new NoOp())
                .list();
        for (int i = 0; i + 1 < widths.size(); i++) {
            boolean last = i + 2 == widths.size();
            builder.layer(new DenseLayer.Builder()
                    .nIn(widths.get(i))
                    .nOut(widths.get(i + 1))
                    .activation(last ? end : new ActivationLReLU(Kernels.LEAK))
                    .build());
        }
        MultiLayerConfiguration configuration = builder.build();
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }
}
