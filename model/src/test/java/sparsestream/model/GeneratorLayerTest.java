package sparsestream.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Noise;

class GeneratorLayerTest {
    @Property(tries = 300)
    void denseAndSparseFormsHaveTheBitsOfThePlainSumInAnyCompany(
            @ForAll @IntRange(min = 1, max = 40) int inputs,
            @ForAll @IntRange(min = 1, max = 70) int outputs,
            @ForAll @IntRange(max = 11) int images,
            @ForAll @DoubleRange(max = 1) double zeroRatio,
            @ForAll long seed) {
        Network.Layer layer = layer(inputs, outputs, zeroRatio, seed);
        float[][] xs = new float[images][inputs];
        float[][] plain = new float[images][];
        for (int i = 0; i < images; i++) {
            new Noise(seed, Noise.Use.LATENT, i).fillNormal(xs[i], 0, inputs, 0);
            plain[i] = plain(layer, xs[i]);
        }
        assertThat(GeneratorLayer.of(layer, 0).apply(xs)).isDeepEqualTo(plain);
        assertThat(GeneratorLayer.of(layer, 2).apply(xs)).isDeepEqualTo(plain);
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
