package sparsestream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import sparsestream.model.Setting.Kind;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.vae.VaeConfig;

class ModelConfigTest {
    static Stream<ModelConfig> recipes() {
        return Models.all().stream().flatMap(model -> model.recipes().values().stream());
    }

    @Test
    void everyModelIsFoundByItsName() {
        assertThat(Models.names()).startsWith("vae", "gan");
        assertThat(Models.named("gan")).isEqualTo(new GanConfig());
        assertThatThrownBy(() -> Models.named("VAE")).hasMessage("--model must be one of vae, gan, got 'VAE'");
    }

    @Test
    void recipesAreFoundByTheirNamesAndSeedIsSmall() {
        assertThat(Models.recipe("vae", "seed"))
                .isEqualTo(Models.recipe("vae", "small"))
                .isEqualTo(new VaeConfig());
        assertThat(Models.recipe("gan", "wide")).isEqualTo(GanConfig.wide());
        assertThatThrownBy(() -> Models.recipe("gan", "large"))
                .hasMessage("--preset must be one of small, wide, article, got 'large'");
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void settingsAreAllThatThereIsToAModel(ModelConfig config) {
        assertThat(config.settings().values().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        config.knobs().stream().map(Setting::name).toList());
        assertThat(config.knobs()).allMatch(knob -> knob.description().endsWith("."));
        assertThat(config.knobs()).extracting(Setting::kind).contains(Kind.ARCHITECTURE, Kind.RECIPE);
        Settings saved = Settings.parse(config.settings().toString());
        assertThat(saved).isEqualTo(config.settings());
        for (ModelConfig other : config.recipes().values()) {
            assertThat(other.with(saved)).isEqualTo(config);
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void aSettingThatThereIsNotIsRefused(ModelConfig config) {
        assertThatThrownBy(() -> config.with(Settings.NONE.with("learnign-rate", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a " + config.name() + " has no setting learnign-rate");
        assertThatThrownBy(() -> config.with(Settings.NONE.with("latent", "many")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("latent must be a whole number, got 'many'");
    }

    @Test
    void theDiscriminatorsRateFollowsTheGeneratorsUnlessGiven() {
        assertThat(new GanConfig()
                        .with("learning-rate", 4e-3)
                        .discriminatorAdam()
                        .learningRate())
                .isEqualTo(5e-4);
        GanConfig both =
                new GanConfig().with(Settings.NONE.with("learning-rate", 4e-3).with("discriminator-rate", 0.1));
        assertThat(both.discriminatorAdam().learningRate()).isEqualTo(0.1);
    }

    /** As release 0.1.0 saved them, word for word. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            vae | small | VaeConfig[hidden=[128, 256], latent=32, adam=AdamConfig[learningRate=0.003, beta1=0.9, beta2=0.999, epsilon=1.0E-8, rateFloor=0.1, decaySteps=6000], encoderL1=L1[method=proximal, lambda=1.0E-4, adaptivity=0.0, warmUpSteps=0, freezeAfterSteps=0, debiasAfterSteps=0], decoderL1=L1[method=proximal, lambda=1.0E-4, adaptivity=0.0, warmUpSteps=0, freezeAfterSteps=0, debiasAfterSteps=0], latentL1=0.0, reconstructionL1=0.0]
            gan | wide | GanConfig[latent=100, generatorHidden=[512, 512], discriminatorHidden=[512, 512], generatorAdam=AdamConfig[learningRate=0.002, beta1=0.0, beta2=0.99, epsilon=1.0E-8, rateFloor=0.1, decaySteps=2500], discriminatorAdam=AdamConfig[learningRate=0.001, beta1=0.0, beta2=0.99, epsilon=1.0E-8, rateFloor=0.1, decaySteps=2500], generatorL1=L1[method=proximal, lambda=1.0E-6, adaptivity=50.0, warmUpSteps=2000, freezeAfterSteps=0, debiasAfterSteps=0], discriminatorL1=L1[method=proximal, lambda=2.0E-5, adaptivity=50.0, warmUpSteps=2000, freezeAfterSteps=0, debiasAfterSteps=0], outputL1=0.0, r1Gamma=0.3, r1Interval=2, emaDecay=0.999]
            """)
    void theFirstReleasesSettingsAreRead(String model, String recipe, String saved) {
        ModelConfig expected = Models.recipe(model, recipe);
        assertThat(expected.ofRecord(RecordText.parse(saved))).hasValue(expected.settings());
        List<ModelConfig> others = Models.all().stream()
                .filter(other -> !other.name().equals(model))
                .toList();
        assertThat(others).isNotEmpty().allMatch(other -> other.ofRecord(RecordText.parse(saved))
                .isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"VaeConfig", "VaeConfig[latent", "VaeConfig[latent]", "VaeConfig[=3]"})
    void whatNoRecordPrintsIsRefused(String text) {
        assertThatThrownBy(() -> RecordText.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void settingsCompareByValueAndTellTheirDifferences() {
        Settings ours = Settings.NONE.with("latent", 32).with("hidden", List.of(1, 2));
        Settings theirs = Settings.NONE.with("hidden", "1,2").with("latent", 16).with("beta1", 0.5);
        assertThat(ours.sizes("hidden")).containsExactly(1, 2);
        assertThat(ours.differencesTo(theirs)).containsExactly("latent is 32, not 16", "beta1 is not set, not 0.5");
        assertThat(ours.with("latent", 16).with("beta1", 0.5)).isEqualTo(theirs);
        assertThatThrownBy(() -> ours.with("a b", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ours.with("a", "1 2")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Settings.parse("a=1 a=2")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Settings.parse("a")).isInstanceOf(IllegalArgumentException.class);
    }
}
