package sparsestream.model;

import java.util.List;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import sparsestream.model.layers.Parameters;

/** One forward and backward pass of a DL4J network by DL4J itself: the oracle for ours. */
public final class Dl4jPass {
    private final MultiLayerNetwork network;
    private final int rows;
    private final INDArray output;
    private Pair<Gradient, INDArray> backward;

    /** @param input [rows, inputs] */
    public Dl4jPass(MultiLayerNetwork network, float[] input, int rows) {
        this.network = network;
        this.rows = rows;
        network.setInput(matrix(input));
        List<INDArray> activations = network.feedForward(true, false);
        output = activations.get(activations.size() - 1);
    }

    private INDArray matrix(float[] values) {
        return Nd4j.createFromArray(values).reshape('c', rows, values.length / rows);
    }

    private static float[] elements(INDArray array) {
        return array.dup('c').data().asFloat();
    }

    public float[] output() {
        return elements(output);
    }

    /**
     * Goes back through the network.
     *
     * @param outputDelta the loss's gradient in the output, [rows, outputs]
     */
    public Dl4jPass backward(float[] outputDelta) {
        backward = network.backpropGradient(matrix(outputDelta), LayerWorkspaceMgr.noWorkspaces());
        return this;
    }

    /** Summed over the rows, in the order of {@link Parameters}. */
    public float[] gradient() {
        return elements(backward.getFirst().gradient());
    }

    /** [rows, inputs] */
    public float[] inputDelta() {
        return elements(backward.getSecond());
    }
}
