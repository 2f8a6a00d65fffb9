package sparsestream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.L1.Method;
import sparsestream.model.layers.Network;
import sparsestream.model.vae.VaeConfig;

class ConfigurationTest {
    private static final AdamConfig ADAM = AdamConfig.of(1e-3);

    private static void refused(String message, ThrowingCallable construction) {
        assertThatThrownBy(construction)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void adamNeedsAPositiveLearningRateAndEpsilon(double bad) {
        refused("the learning rate must be a finite number above 0, got " + bad, () -> AdamConfig.of(bad));
        refused(
                "Adam's epsilon must be a finite number above 0, got " + bad,
                () -> new AdamConfig(1e-3, 0.9, 0.999, bad));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, Double.NaN})
    void decaysAreAtLeastZeroAndBelowOne(double bad) {
        refused("Adam's decays must be in [0, 1), got " + bad + " and 0.999", () -> ADAM.withBeta1(bad));
        refused("Adam's decays must be in [0, 1), got 0.9 and " + bad, () -> new AdamConfig(1e-3, 0.9, bad, 1e-8));
        refused(
                "the decay of the generator's average must be in [0, 1), got " + bad,
                () -> gan(100, List.of(2), List.of(2), 0.3, 2, bad));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.1, Double.NaN})
    void theLearningRateKeepsAShare(double bad) {
        refused(
                "the floor of the learning rate must be above 0 and at most 1, got " + bad,
                () -> ADAM.withDecay(bad, 10));
        refused(
                "the steps in which the learning rate decays must be at least 0, got -1",
                () -> ADAM.withDecay(0.5, -1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
    void penaltiesAreFiniteAndNotNegative(double bad) {
        refused("an L1 factor must be a finite number of at least 0, got " + bad, () -> new L1(Method.PROXIMAL, bad));
        refused("R1's gamma must be a finite number of at least 0, got " + bad, () -> new GanConfig()
                .with("r1-gamma", bad));
    }

    @Test
    void stepsOfTheScheduleAreNotNegative() {
        refused(
                "the adaptivity of L1 must be a finite number of at least 0, got -1.0",
                () -> new L1(Method.PROXIMAL, 1, -1.0, 0, 0, 0));
        refused(
                "steps of the L1 schedule must be at least 0, got -1, 0 and 0",
                () -> new L1(Method.PROXIMAL, 1, -1, 0));
        refused(
                "steps of the L1 schedule must be at least 0, got 0, -2 and 0",
                () -> new L1(Method.PROXIMAL, 1, 0, 0, -2, 0));
        refused(
                "steps of the L1 schedule must be at least 0, got 0, 0 and -5",
                () -> new L1(Method.PROXIMAL, 1, 0, -5));
        refused("R1's interval must be at least 1, got 0", () -> new GanConfig().with("r1-interval", 0));
    }

    @Test
    void widthsAreBetweenOneAndTheLargest() {
        for (List<Integer> bad : List.of(List.<Integer>of(), List.of(0), List.of(5, -1), List.of(65537))) {
            String message = "widths of hidden layers must be between 1 and 65536, got " + bad;
            refused(message, () -> new VaeConfig(bad, 2, ADAM, L1.NONE, L1.NONE));
            refused(message, () -> gan(2, bad, List.of(3), 0, 1, 0));
            refused(message, () -> gan(2, List.of(3), bad, 0, 1, 0));
        }
        for (int bad : new int[] {0, -3, 65537}) {
            String message = "latent dimensions must be between 1 and 65536, got " + bad;
            refused(message, () -> new VaeConfig(List.of(3), bad, ADAM, L1.NONE, L1.NONE));
            refused(message, () -> gan(bad, List.of(3), List.of(3), 0, 1, 0));
        }
    }

    private static GanConfig gan(
            int latent, List<Integer> generator, List<Integer> discriminator, double gamma, int interval, double ema) {
        return new GanConfig(latent, generator, discriminator, ADAM, ADAM, L1.NONE, L1.NONE, gamma, interval, ema);
    }

    @Test
    void configurationsKeepCopiesOfTheirWidths() {
        List<Integer> widths = new ArrayList<>(List.of(3, 4));
        VaeConfig vae = new VaeConfig(widths, 2, ADAM, L1.NONE, L1.NONE);
        GanConfig gan = gan(2, widths, widths, 0, 1, 0);
        widths.set(0, 100);
        assertThat(vae.hidden()).containsExactly(3, 4);
        assertThat(gan.generatorHidden()).containsExactly(3, 4);
        assertThat(gan.discriminatorHidden()).containsExactly(3, 4);
    }

    @Test
    void methodsAreWrittenAsOnTheCommandLine() {
        assertThat(Method.values())
                .extracting(Method::toString)
                .containsExactly("proximal", "proximal-plain", "subgradient");
    }

    @Test
    void networksOfLayersThatDoNotFitAreRefused() {
        Network.Layer layer = new Network.Layer(2, 3, new float[6], new float[3]);
        refused(
                "decoder: layer 1 does not take what layer 0 gives",
                () -> new Network("decoder", List.of(layer, layer)));
        refused("decoder has no layers", () -> new Network("decoder", List.of()));
        refused(
                "a layer of 2 inputs and 3 outputs can't have 5 weights and 3 biases",
                () -> new Network.Layer(2, 3, new float[5], new float[3]));
        refused(
                "a layer of 2 inputs and 3 outputs can't have 6 weights and 4 biases",
                () -> new Network.Layer(2, 3, new float[6], new float[4]));
        refused(
                "a layer of 65536 inputs and 65536 outputs can't have 0 weights and 65536 biases",
                () -> new Network.Layer(65536, 65536, new float[0], new float[65536]));
    }
}
