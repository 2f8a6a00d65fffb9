package sparsestream.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GeneratorLayerTest {
    @Property(tries = 300)
    void denseAndSparseFormsHaveTheBitsOfThePlainSum(
            @ForAll @IntRange(min = 1, max = 40) int inputs,
            @ForAll @IntRange(min = 1, max = 70) int outputs,
            @ForAll @DoubleRange(max = 1) double zeroRatio,
            @ForAll long seed) {
        Network.Layer layer = layer(inputs, outputs, zeroRatio, seed);
        float[] x = new float[inputs];
        new Noise(seed, Noise.Use.LATENT, 1).fillNormal(x, 0, inputs, 0);
        float[] plain = plain(layer, x);
        assertThat(GeneratorLayer.of(layer, 0).apply(x)).isEqualTo(plain);
        assertThat(GeneratorLayer.of(layer, 2).apply(x)).isEqualTo(plain);
    }

    /** Bias plus products in the order of the inputs, zeros and all. */
    private static float[] plain(Network.Layer layer, float[] x) {
        float[] y = layer.biases().clone();
        for (int out = 0; out < y.length; out++) {
            for (int in = 0; in < x.length; in++) {
                y[out] += x[in] * layer.weights()[out * x.length + in];
            }
        }
        return y;
    }

    private static Network.Layer layer(int inputs, int outputs, double zeroRatio, long seed) {
        Random random = new Random(seed);
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

    @Test
    void theSparseFormIsTakenForFewWeightsOnly() {
        assertThat(GeneratorLayer.of(layer(50, 50, 0.95, 1)).isSparse()).isTrue();
        assertThat(GeneratorLayer.of(layer(50, 50, 0.5, 1)).isSparse()).isFalse();
    }
}
