package sparsestream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Networks;
import sparsestream.model.layers.Noise;
import sparsestream.model.layers.Noise.Use;
import sparsestream.model.layers.Parameters;

class ImageGeneratorTest {
    @ParameterizedTest
    @CsvSource({"'100,128,256,784'", "'32,256,128,784'", "'3,5,7'", "'6,11'"})
    void imagesAreThoseOfDl4j(String widths) {
        List<Integer> layers =
                Arrays.stream(widths.split(",")).map(Integer::valueOf).toList();
        Parameters parameters = new Parameters(Networks.perceptron(layers, 1));
        ImageGenerator generator = new ImageGenerator(Network.of("decoder", parameters, parameters.values.values));
        for (int index = 0; index < 5; index++) {
            float[] z = generator.latentVector(4, index);
            float[] logits = new Dl4jPass(parameters.network(), z, 1).output();
            float[] intensities = generator.intensities(z);
            byte[] image = generator.image(4, index);
            for (int i = 0; i < logits.length; i++) {
                double expected = ReferenceMlp.sigmoid(logits[i]);
                assertThat((double) intensities[i]).isCloseTo(expected, within(1e-5));
                assertThat((double) (image[i] & 0xff)).isCloseTo(255 * expected, within(0.5 + 255e-5));
            }
        }
        assertThat(generator.latent()).isEqualTo(layers.get(0));
        assertThat(generator.pixels()).isEqualTo(layers.get(layers.size() - 1));
    }

    /** Weights (7i mod 11 − 5) / 4, biases (3i mod 5 − 2) / 8: exact in float. */
    private static Network byHand(int... widths) {
        List<Network.Layer> layers = new ArrayList<>();
        for (int l = 0; l + 1 < widths.length; l++) {
            float[] weights = new float[widths[l] * widths[l + 1]];
            float[] biases = new float[widths[l + 1]];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (7 * i % 11 - 5) / 4f;
            }
            for (int i = 0; i < biases.length; i++) {
                biases[i] = (3 * i % 5 - 2) / 8f;
            }
            layers.add(new Network.Layer(widths[l], widths[l + 1], weights, biases));
        }
        return new Network("by hand", layers);
    }

    @Test
    void theWayBetweenTwoSeedsBeginsAndEndsAtTheirFirstImages() {
        ImageGenerator generator = new ImageGenerator(byHand(5, 6, 12));
        assertThat(generator.between(3, 8, 0)).isEqualTo(generator.latentVector(3, 0));
        assertThat(generator.between(3, 8, 1)).isEqualTo(generator.latentVector(8, 0));
        assertThat(generator.between(3, 3, 0.4)).isEqualTo(generator.latentVector(3, 0));
    }

    /** A third of the way along a quarter of a circle is at 30 degrees. */
    @Test
    void interpolationFollowsTheCircle() {
        float[] between = ImageGenerator.between(new float[] {2, 0}, new float[] {0, 2}, 1 / 3d);
        assertThat(between[0]).isCloseTo(2 * (float) Math.cos(Math.PI / 6), within(1e-6f));
        assertThat(between[1]).isCloseTo(1f, within(1e-6f));
    }

    @Test
    void parallelVectorsAreJoinedByTheStraightLine() {
        assertThat(ImageGenerator.between(new float[] {1, 1}, new float[] {-1, -1}, 0.25))
                .containsExactly(0.5f, 0.5f);
        assertThat(ImageGenerator.between(new float[] {0, 0}, new float[] {2, 4}, 0.5))
                .containsExactly(1f, 2f);
        assertThatThrownBy(() -> ImageGenerator.between(new float[1], new float[2], 0))
                .hasMessage("latent vectors of 1 and 2 elements");
    }

    /** Computed by a Python program of its own, in double, with the deviates of {@code statistics.NormalDist}. */
    @Test
    void imagesOfAGivenNetworkNeverChange() {
        ImageGenerator generator = new ImageGenerator(byHand(5, 6, 12));
        assertThat(unsigned(generator.image(new float[] {0.5f, -1f, 0.25f, 2f, -0.125f})))
                .containsExactly(67, 94, 224, 114, 65, 5, 172, 246, 190, 226, 18, 87);
        assertThat(unsigned(generator.image(42, 7)))
                .containsExactly(166, 93, 216, 182, 147, 63, 129, 23, 209, 76, 95, 187);
    }

    private static int[] unsigned(byte[] image) {
        int[] levels = new int[image.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = image[i] & 0xff;
        }
        return levels;
    }

    /** What this class itself computed when it was new: another value means that published images can't be made again. */
    @Test
    void theBitsOfALargeNetworkNeverChange() {
        ImageGenerator generator = new ImageGenerator(random(100, 128, 256, 784));
        for (int round = 0; round < 300; round++) {
            int hash = 0;
            for (float intensity : generator.intensities(generator.latentVector(1, 2))) {
                hash = 31 * hash + Float.floatToIntBits(intensity);
            }
            // Interpreted, compiled and vectorised in turn.
            assertThat(hash).isEqualTo(-934092328);
        }
    }

    private static Network random(int... widths) {
        List<Network.Layer> layers = new ArrayList<>();
        for (int l = 0; l + 1 < widths.length; l++) {
            float[] weights = new float[widths[l] * widths[l + 1]];
            float[] biases = new float[widths[l + 1]];
            new Noise(l, Use.LATENT, 0).fillNormal(weights, 0, weights.length, 0);
            new Noise(l, Use.LATENT, 1).fillNormal(biases, 0, biases.length, 0);
            for (int i = 0; i < weights.length; i++) {
                weights[i] *= 0.125f;
            }
            layers.add(new Network.Layer(widths[l], widths[l + 1], weights, biases));
        }
        return new Network("random", layers);
    }

    @Test
    void anImageIsTheSameAloneAmongOthersAndOnAnyThread() throws Exception {
        Network network = random(10, 33, 49);
        ImageGenerator generator = new ImageGenerator(network);
        List<byte[]> inOrder = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            inOrder.add(generator.image(3, i));
        }
        assertThat(inOrder.get(0)).isNotEqualTo(inOrder.get(1));
        float[][] latents = new float[20][];
        Arrays.setAll(latents, i -> generator.latentVector(3, i));
        assertThat(generator.images(latents)).isDeepEqualTo(inOrder.toArray(byte[][]::new));
        States.onThreads(3, () -> {
            for (int i = 19; i >= 0; i--) {
                assertThat(generator.image(3, i)).isEqualTo(inOrder.get(i));
                assertThat(new ImageGenerator(network).image(3, i)).isEqualTo(inOrder.get(i));
            }
        });
    }

    @Test
    void theNetworkIsCopied() {
        Network network = random(4, 9);
        ImageGenerator generator = new ImageGenerator(network);
        byte[] before = generator.image(1, 1);
        Arrays.fill(network.layers().get(0).weights(), 0f);
        Arrays.fill(network.layers().get(0).biases(), 0f);
        assertThat(generator.image(1, 1)).isEqualTo(before);
    }

    @Test
    void saturatedPixelsAreBlackAndWhite() {
        Network.Layer layer = new Network.Layer(1, 2, new float[] {1e30f, -1e30f}, new float[2]);
        ImageGenerator generator = new ImageGenerator(new Network("decoder", List.of(layer)));
        assertThat(generator.image(new float[] {1f})).containsExactly(-1, 0);
        assertThat(generator.intensities(new float[] {1f})).containsExactly(new float[] {1f, 0f}, within(2.5e-7f));
    }

    @Test
    void latentVectorsThatAreNotFiniteOrOfAnotherLengthAreRefused() {
        ImageGenerator generator = new ImageGenerator(byHand(2, 3));
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> generator.image(new float[] {0f, bad}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a latent vector must be finite, got " + bad);
        }
        assertThatThrownBy(() -> generator.image(new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a latent vector has 2 elements, got 3");
    }
}
