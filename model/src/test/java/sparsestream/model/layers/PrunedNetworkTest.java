package sparsestream.model.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import sparsestream.model.ReferenceMlp;

class PrunedNetworkTest {
    @Property(tries = 200)
    void whatIsLeftComputesWhatTheWholeDoes(
            @ForAll @IntRange(min = 1, max = 12) int inputs,
            @ForAll @IntRange(min = 1, max = 12) int hidden,
            @ForAll @IntRange(min = 1, max = 12) int outputs,
            @ForAll @DoubleRange(max = 1) double zeroRatio,
            @ForAll long seed) {
        Random random = new Random(seed);
        Network whole = new Network(
                "n", List.of(layer(inputs, hidden, zeroRatio, random), layer(hidden, outputs, zeroRatio, random)));
        float[] x = new float[2 * inputs];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        PrunedNetwork pruned = PrunedNetwork.of(whole);
        float[] keptInputs = new float[2 * pruned.inputs().length];
        pruned.gatherInputs(x, inputs, keptInputs, 2);
        float[] keptOutputs = new float[2 * pruned.outputs().length];
        float[] computed = new float[2 * outputs];
        for (int row = 0; row < 2; row++) {
            double[] y = mlp(pruned.network())
                    .forward(ReferenceMlp.doubles(keptInputs, row * pruned.inputs().length, pruned.inputs().length));
            for (int o = 0; o < y.length; o++) {
                keptOutputs[row * y.length + o] = (float) y[o];
            }
        }
        pruned.scatterOutputs(keptOutputs, computed, 2);
        for (int row = 0; row < 2; row++) {
            double[] expected = mlp(whole).forward(ReferenceMlp.doubles(x, row * inputs, inputs));
            for (int o = 0; o < outputs; o++) {
                assertThat((double) computed[row * outputs + o]).isCloseTo(expected[o], within(1e-5));
            }
        }
    }

    @Test
    void deadInputsUnitsAndOutputsGo() {
        // Input 1 reaches nothing, unit 0 is read by nobody, output 1 is reached by nothing.
        Network whole = new Network(
                "n",
                List.of(
                        new Network.Layer(3, 2, new float[] {1, 0, 1, 2, 0, 3}, new float[] {5, 6}),
                        new Network.Layer(2, 2, new float[] {0, 4, 0, 0}, new float[] {7, 8})));
        PrunedNetwork pruned = PrunedNetwork.of(whole);
        assertThat(pruned.inputs()).containsExactly(0, 2);
        assertThat(pruned.outputs()).containsExactly(0);
        assertThat(pruned.network().layers().get(0).weights()).containsExactly(2, 3);
        assertThat(pruned.network().layers().get(0).biases()).containsExactly(6);
        assertThat(pruned.network().layers().get(1).weights()).containsExactly(4);
        assertThat(pruned.biases()).containsExactly(7, 8);
    }

    @Test
    void ofANetworkOfZerosOneUnitALayerIsLeft() {
        Network zeros = new Network("n", List.of(new Network.Layer(3, 2, new float[6], new float[] {1, 2})));
        PrunedNetwork pruned = PrunedNetwork.of(zeros);
        assertThat(pruned.network().inputs()).isEqualTo(1);
        assertThat(pruned.network().outputs()).isEqualTo(1);
        float[] y = new float[2];
        pruned.scatterOutputs(new float[] {1}, y, 1);
        assertThat(y).containsExactly(1, 2);
    }

    private static Network.Layer layer(int inputs, int outputs, double zeroRatio, Random random) {
        float[] weights = new float[inputs * outputs];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = random.nextDouble() < zeroRatio ? 0f : (float) random.nextGaussian();
        }
        float[] biases = new float[outputs];
        for (int i = 0; i < outputs; i++) {
            biases[i] = (float) random.nextGaussian();
        }
        return new Network.Layer(inputs, outputs, weights, biases);
    }

    private static ReferenceMlp mlp(Network network) {
        List<Parameters.Layer> layers = new ArrayList<>();
        List<Float> flat = new ArrayList<>();
        for (Network.Layer layer : network.layers()) {
            int weights = flat.size();
            for (float w : layer.weights()) {
                flat.add(w);
            }
            int biases = flat.size();
            for (float b : layer.biases()) {
                flat.add(b);
            }
            layers.add(new Parameters.Layer(layer.inputs(), layer.outputs(), weights, biases));
        }
        float[] values = new float[flat.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = flat.get(i);
        }
        return new ReferenceMlp(layers, values);
    }
}
