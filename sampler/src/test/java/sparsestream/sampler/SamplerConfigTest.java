package sparsestream.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerConfigTest {
    private static final Map<String, Object> KAFKA = Map.of("bootstrap.servers", "localhost:9092");
    private static final List<String> MODELS = SamplerConfig.DEFAULT_MODELS;

    @Test
    void theSourceNamesTheRun() {
        assertThat(new SamplerConfig(KAFKA, "", "run-1", MODELS, 4, 0).source())
                .isEqualTo("/sparsestream/run-1/sampler");
    }

    @Test
    void aBrokerIsNeeded() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerConfig(Map.of(), "", "run", MODELS, 4, 0))
                .withMessage("--bootstrap-servers must name a broker");
    }

    @Test
    void aPrefixThatNoTopicCanHaveIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerConfig(KAFKA, "a b", "run", MODELS, 4, 0))
                .withMessageStartingWith("--topic-prefix: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a b", "ü"})
    void aRunThatNoKeyCanNameIsRefused(String run) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerConfig(KAFKA, "", run, MODELS, 4, 0))
                .withMessage("--run-id must be 1 to 64 letters, digits, '.', '_' and '-', got '" + run + "'");
    }

    @Test
    void modelsAreNamedOnceAndAtLeastOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerConfig(KAFKA, "", "run", List.of(), 4, 0))
                .withMessage("--model must name at least one model");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerConfig(KAFKA, "", "run", List.of("vae", "vae"), 4, 0))
                .withMessage("--model names one model twice: vae,vae");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerConfig(KAFKA, "", "run", List.of("v/e"), 4, 0))
                .withMessageStartingWith("--model must be ");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void aRateThatIsNoneIsRefused(double rate) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerConfig(KAFKA, "", "run", MODELS, rate, 0))
                .withMessage("--rate must be at least 0 images per second, got " + rate);
    }
}
