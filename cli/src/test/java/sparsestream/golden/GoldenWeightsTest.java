package sparsestream.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.cli.Today;

/** The bits of a few steps of each model, with each preset and with each option that has arithmetic of its own. */
@Tag("golden")
class GoldenWeightsTest {
    private static final String FILE = "weights.json";
    private static final TypeReference<TreeMap<String, Learned>> TYPE = new TypeReference<>() {};

    private static final List<String> OPTIONS = List.of(
            "vae --preset seed",
            "vae --preset wide",
            "vae --preset article",
            "vae --l1-method subgradient --l1-adaptivity 20 --l1-encoder 0.001 --l1-decoder 0.001",
            "vae --l1-method proximal-plain --l1-adaptivity 20 --l1-encoder 0.1 --l1-decoder 0.1",
            "vae --l1-adaptivity 20 --l1-warm-up 3 --l1-freeze-after 3 --l1-debias-after 5 --l1-encoder 0.01 --l1-decoder 0.01",
            "vae --l1-latent 0.01 --l1-reconstruction 0.02",
            "gan --preset seed",
            "gan --preset wide",
            "gan --preset article",
            "gan --r1-gamma 0",
            "gan --r1-gamma 2 --r1-interval 1 --l1-output 0.01",
            "gan --l1-method subgradient --l1-warm-up 0 --l1-generator 0.001 --l1-discriminator 0.001",
            "gan --l1-method proximal-plain --l1-warm-up 0 --l1-generator 0.1 --l1-discriminator 0.1",
            "gan --l1-warm-up 3 --l1-freeze-after 3 --l1-debias-after 5 --l1-generator 0.001 --l1-discriminator 0.001",
            "gan --beta1 0.5 --beta2 0.9 --rate-decay 3 --rate-floor 0.2 --discriminator-rate 0.002 --ema-decay 0");

    /**
     * What a model has come to.
     *
     * @param settings as a state of the release tells them
     * @param initialSha256 of the weights before the first step
     * @param weightsSha256 of the weights after the last
     */
    record Learned(String settings, String initialSha256, String weightsSha256) {}

    private static final SortedMap<String, Learned> LEARNED = new TreeMap<>();

    @BeforeAll
    static void learn() throws IOException {
        ForcedKernels.require();
        OPTIONS.forEach(options -> LEARNED.put(options, learn(options, 1)));
        Release.newest().recordIfAsked(FILE, LEARNED);
    }

    @Test
    void theSameBatchesMakeTheSameWeights() throws IOException {
        assertThat(weights(LEARNED)).isEqualTo(weights(Release.newest().read(FILE, TYPE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vae --preset seed", "gan --preset seed"})
    void twoThreadsMakeTheSameWeights(String options) {
        assertThat(learn(options, 2)).isEqualTo(LEARNED.get(options));
    }

    @Test
    void whatAReleaseHasSavedOfItsSettingsIsUnderstood() throws IOException {
        for (Release release : Release.all()) {
            release.read(FILE, TYPE).forEach((options, learned) -> assertThat(
                            Today.isSavedAs(learned.settings(), model(options), rest(options)))
                    .as("%s: %s is %s", release, learned.settings(), options)
                    .isTrue());
        }
    }

    /** Without the settings, whose text may change as long as the old is understood. */
    private static SortedMap<String, List<String>> weights(SortedMap<String, Learned> learned) {
        SortedMap<String, List<String>> weights = new TreeMap<>();
        learned.forEach((options, each) -> weights.put(options, List.of(each.initialSha256(), each.weightsSha256())));
        return weights;
    }

    /** Six batches, the last of which ends within a tile of the matrix products. */
    private static Learned learn(String options, int threads) {
        try (Today.Model model = Today.model(model(options), rest(options), threads)) {
            String initialSha256 = model.weightsSha256();
            for (int step = 0; step < 5; step++) {
                model.learn(Inputs.digits(step % 2 * 128, step % 2 * 128 + 128));
            }
            model.learn(Inputs.digits(128, 128 + 100));
            return new Learned(
                    Today.savedSettings(model(options), rest(options)), initialSha256, model.weightsSha256());
        }
    }

    private static String model(String options) {
        return options.substring(0, options.indexOf(' '));
    }

    private static List<String> rest(String options) {
        return List.of(options.substring(options.indexOf(' ') + 1).split(" ", -1));
    }
}
