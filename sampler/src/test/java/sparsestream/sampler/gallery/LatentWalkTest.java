package sparsestream.sampler.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import sparsestream.model.ImageGenerator;
import sparsestream.model.layers.Network;
import sparsestream.sampler.TestModels;

class LatentWalkTest {
    private final ImageGenerator generator = TestModels.version("vae", 1).generator();

    @Test
    void theWayFromSeedToSeedBeginsAndEndsAtTheirFirstImages() {
        var images = LatentWalk.between(generator, 3, 8, 5);
        assertThat(images.apply(0)).isEqualTo(generator.image(3, 0));
        assertThat(images.apply(4)).isEqualTo(generator.image(8, 0));
        assertThat(images.apply(1)).isEqualTo(generator.image(generator.between(3, 8, 0.25)));
    }

    @Test
    void aPlaneMovesTwoDimensionsAndLeavesTheOthers() {
        var images = LatentWalk.plane(generator, 3, 1, 4, 3);
        assertThat(images.apply(0)).isEqualTo(moved(-3, 3));
        assertThat(images.apply(2)).isEqualTo(moved(3, 3));
        assertThat(images.apply(4)).isEqualTo(moved(0, 0));
        assertThat(images.apply(6)).isEqualTo(moved(-3, -3));
    }

    @Test
    void axesAreOrderedByTheLengthOfTheirWeights() {
        float[] weights = {1, 0, -3, 2, 0, 0};
        Network network = new Network("by hand", List.of(new Network.Layer(3, 2, weights, new float[2])));
        assertThat(LatentAxes.byInfluence(network)).containsExactly(2, 0, 1);
    }

    private byte[] moved(float x, float y) {
        float[] z = generator.latentVector(3, 0);
        z[1] = x;
        z[4] = y;
        return generator.image(z);
    }
}
