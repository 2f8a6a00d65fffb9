package sparsestream.model.gan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sparsestream.model.DrawnBlobs;
import sparsestream.model.ImageGenerator;
import sparsestream.model.Losses;
import sparsestream.model.ModelState;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.States;
import sparsestream.model.StreamModel;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.L1.Method;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Parameters;
import sparsestream.model.layers.Team;

class GanTest {
    private static final int SIDE = 14;
    private static final int PIXELS = SIDE * SIDE;
    private static final long SEED = 5;
    private static final AdamConfig ADAM = AdamConfig.of(1e-3).withBeta1(0.5);
    private static final L1 PENALTY = new L1(Method.PROXIMAL, 1e-4);
    private static final GanConfig CONFIG =
            new GanConfig(8, List.of(32, 48), List.of(48, 32), ADAM, ADAM, PENALTY, PENALTY, 0.3, 2, 0.9);

    private final Gan gan = gan();

    private static Gan gan() {
        return new Gan(CONFIG, PIXELS, SEED, new Team(2));
    }

    @AfterEach
    void close() {
        gan.close();
    }

    private static Losses learn(StreamModel model, int steps) throws RejectedBatchException {
        Losses losses = null;
        for (int i = 0; i < steps; i++) {
            losses = model.learn(DrawnBlobs.images(64, SIDE, model.step()), 64);
        }
        return losses;
    }

    @Test
    void learningBringsGeneratedImagesNearTheRealOnes() throws Exception {
        double before = distanceOfMeanImages();
        learn(gan, 400);
        assertThat(distanceOfMeanImages()).isLessThan(0.5 * before);
        assertThat(gan.zeroRatio()).isBetween(0.001, 0.99);
        assertThat(gan.heldOutNelbo(DrawnBlobs.images(1, SIDE, 1), 1)).isEmpty();
    }

    private double distanceOfMeanImages() {
        int count = 200;
        ImageGenerator generator = new ImageGenerator(gan.networks().get(0));
        byte[] real = DrawnBlobs.images(count, SIDE, -1);
        double[] difference = new double[PIXELS];
        for (int image = 0; image < count; image++) {
            byte[] fake = generator.image(1, image);
            for (int i = 0; i < PIXELS; i++) {
                difference[i] += ((fake[i] & 0xff) - (real[image * PIXELS + i] & 0xff)) / 255.0 / count;
            }
        }
        double sum = 0;
        for (double d : difference) {
            sum += d * d;
        }
        return Math.sqrt(sum);
    }

    @Test
    void thePenaltyIsAppliedEverySecondStep() throws Exception {
        assertThat(learn(gan, 1).byName()).containsOnlyKeys("discriminator", "r1", "generator");
        assertThat(learn(gan, 1).byName()).containsOnlyKeys("discriminator", "generator");
        assertThat(learn(gan, 1).byName()).containsKey("r1");
    }

    /** Huge hidden activations that a tiny last layer brings back: the fakes are ordinary, the last layer's gradient is not. */
    @Test
    void aBatchWithoutFiniteGeneratorGradientTakesTheDiscriminatorsUpdateBack() throws Exception {
        learn(gan, 3);
        ModelState healthy = gan.state();
        float[] values = healthy.tensors().get("generator.values").clone();
        List<Parameters.Layer> layers = gan.generatorParameters.layers;
        scale(values, layers.get(0).weights(), layers.get(0).end(), Math.scalb(1f, 100));
        scale(values, layers.get(2).weights(), layers.get(2).biases(), Math.scalb(1f, -100));
        healthy.tensors().put("generator.values", values);
        gan.restore(healthy);
        ModelState before = gan.state();
        assertThatThrownBy(() -> learn(gan, 1))
                .isInstanceOf(RejectedBatchException.class)
                .hasMessage("the generator's loss or its gradient is not finite");
        assertThat(States.sameBits(gan.state(), before)).isTrue();
        gan.discriminatorParameters.values.pull(0, gan.discriminatorParameters.count);
        assertThat(States.sameBits(gan.state(), before))
                .as("the native side too")
                .isTrue();
    }

    private static void scale(float[] values, int from, int to, float factor) {
        for (int i = from; i < to; i++) {
            values[i] *= factor;
        }
    }

    @Test
    void theAverageForgetsTheUntrainedGeneratorSoon() throws Exception {
        float[] initial = gan.generatorParameters.values.values.clone();
        learn(gan, 1);
        float[] first = gan.generatorParameters.values.values.clone();
        learn(gan, 1);
        float[] second = gan.generatorParameters.values.values;
        float[] average = gan.state().tensors().get("generator.average");
        for (int i = 0; i < average.length; i++) {
            double afterFirst = initial[i] * 1 / 10.0 + first[i] * 9 / 10.0;
            assertThat((double) average[i]).isCloseTo(afterFirst * 2 / 11.0 + second[i] * 9 / 11.0, within(1e-6));
        }
    }

    @Test
    void thePublishedAverageKeepsTheGeneratorsZeros() throws Exception {
        GanConfig config = CONFIG.with("l1-generator", 1e-3);
        try (Gan sparse = new Gan(config, PIXELS, SEED, new Team(1))) {
            learn(sparse, 60);
            Parameters own = sparse.generatorParameters;
            Network published = sparse.networks().get(0);
            float[] average = sparse.state().tensors().get("generator.average");
            int zeros = 0;
            for (int l = 0; l < own.layers.size(); l++) {
                Parameters.Layer layer = own.layers.get(l);
                for (int i = layer.weights(); i < layer.biases(); i++) {
                    boolean zero = own.values.values[i] == 0f;
                    zeros += zero ? 1 : 0;
                    assertThat(published.layers().get(l).weights()[i - layer.weights()])
                            .isEqualTo(zero ? 0f : average[i]);
                }
            }
            assertThat(zeros).isPositive();
        }
    }

    @Test
    void withoutAveragingTheGeneratorItselfIsPublished() throws Exception {
        GanConfig config = new GanConfig(8, List.of(5), List.of(5), ADAM, ADAM, L1.NONE, L1.NONE, 0, 1, 0);
        try (Gan plain = new Gan(config, PIXELS, SEED, new Team(1))) {
            learn(plain, 2);
            assertThat(plain.networks()).extracting(Network::name).containsExactly("generator", "discriminator");
            assertThat(plain.networks().get(0).layers().get(0).weights())
                    .isEqualTo(java.util.Arrays.copyOf(plain.generatorParameters.values.values, 8 * 5));
        }
    }
}
