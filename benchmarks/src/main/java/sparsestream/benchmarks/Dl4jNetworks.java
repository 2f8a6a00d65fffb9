package sparsestream.benchmarks;

import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import sparsestream.model.layers.AdamConfig;

/** Networks of stock DL4J, and updates with gradients that come from outside. */
final class Dl4jNetworks {
    private static final double LEAK = 0.2;

    private Dl4jNetworks() {}

    /** Ends in sigmoid cross-entropy. */
    static MultiLayerNetwork classifier(List<Integer> widths, AdamConfig adam) {
        int last = widths.size() - 1;
        return network(
                widths,
                adam,
                new OutputLayer.Builder(new LossBinaryXENT())
                        .nIn(widths.get(last - 1))
                        .nOut(widths.get(last))
                        .activation(new ActivationSigmoid())
                        .build());
    }

    /** Ends in numbers of any size. */
    static MultiLayerNetwork linear(List<Integer> widths, AdamConfig adam) {
        return network(widths, adam, dense(widths, widths.size() - 2, new ActivationIdentity()));
    }

    /** Ends in numbers between 0 and 1. */
    static MultiLayerNetwork bounded(List<Integer> widths, AdamConfig adam) {
        return network(widths, adam, dense(widths, widths.size() - 2, new ActivationSigmoid()));
    }

    private static MultiLayerNetwork network(List<Integer> widths, AdamConfig adam, Layer last) {
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                .seed(1)
                .weightInit(WeightInit.UNIFORM)
                .updater(new Adam(adam.learningRate(), adam.beta1(), adam.beta2(), adam.epsilon()))
                .list();
        for (int i = 0; i + 2 < widths.size(); i++) {
            layers.layer(dense(widths, i, new ActivationLReLU(LEAK)));
        }
        MultiLayerNetwork network = new MultiLayerNetwork(layers.layer(last).build());
        network.init();
        return network;
    }

    private static Layer dense(List<Integer> widths, int layer, IActivation activation) {
        return new DenseLayer.Builder()
                .nIn(widths.get(layer))
                .nOut(widths.get(layer + 1))
                .activation(activation)
                .build();
    }

    /** The output for a batch, its activations kept for {@link #backpropagate}. */
    static INDArray forward(MultiLayerNetwork network, INDArray input) {
        network.setInput(input);
        List<INDArray> activations = network.feedForward(true, false);
        return activations.get(activations.size() - 1);
    }

    /** Updates the network by the loss's gradient in its last output, summed over the batch. */
    static void backpropagate(MultiLayerNetwork network, INDArray outputDelta, int step, int batch) {
        update(
                network,
                network.backpropGradient(outputDelta, LayerWorkspaceMgr.noWorkspaces())
                        .getFirst(),
                step,
                batch);
    }

    /** Updates the network by the gradient of its parameters, summed over the batch. */
    static void update(MultiLayerNetwork network, Gradient gradient, int step, int batch) {
        network.getUpdater().update(network, gradient, step, 0, batch, LayerWorkspaceMgr.noWorkspaces());
        network.params().subi(gradient.gradient());
    }

    static void fill(INDArray array, float[] values) {
        ((FloatPointer) array.data().addressPointer()).put(values);
    }
}
