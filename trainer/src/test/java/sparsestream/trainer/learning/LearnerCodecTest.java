package sparsestream.trainer.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Tensor;
import sparsestream.model.Settings;
import sparsestream.trainer.TrainerException;

class LearnerCodecTest {
    static Stream<ModelSettings> models() {
        return Stream.of(Fixtures.vae(), Fixtures.gan());
    }

    @ParameterizedTest
    @MethodSource("models")
    void aRestoredLearnerGoesOnToTheSameWeights(ModelSettings settings) throws Exception {
        try (Learner undisturbed = Fixtures.start(settings)) {
            for (long offset = 0; offset < 5; offset++) {
                undisturbed.accept(Fixtures.batch(offset));
            }
            Safetensors saved = LearnerCodec.encodeState(undisturbed, 3);
            try (Learner restored = restore(settings, saved)) {
                assertThat(restored.version()).isEqualTo(3);
                for (long offset = 4; offset < 9; offset++) {
                    undisturbed.accept(Fixtures.batch(offset));
                    restored.accept(Fixtures.batch(offset));
                }
                assertThat(Fixtures.weights(restored)).isEqualTo(Fixtures.weights(undisturbed));
                assertThat(restored.nextOffset()).isEqualTo(undisturbed.nextOffset());
                assertThat(restored.model().images())
                        .isEqualTo(undisturbed.model().images());
            }
        }
    }

    @Test
    void theStateOfAModelWithOtherSettingsIsRefused() {
        Safetensors saved = saved(Fixtures.vae());
        ModelSettings vae = Fixtures.vae();
        ModelSettings other = new ModelSettings(
                vae.config().with(Settings.NONE.with("l1-encoder", 0)), vae.height(), vae.width(), vae.seed());
        assertThatThrownBy(() -> restore(other, saved))
                .isInstanceOf(TrainerException.class)
                .hasMessage("""
                        the state of run/m/0 was learned with other settings:
                          --l1-encoder is 0.001, not 0.0
                          give those, or --accept-changes to go on with the new ones from the next step on""")
                .hasMessageNotContaining("--reset-state");
    }

    @Test
    void anotherRecipeIsAcceptedIfThatIsAskedForAndKeptInMind() throws Exception {
        ModelSettings first = Fixtures.vae();
        ModelSettings second = with(first, "learning-rate", 0.01);
        ModelSettings third = with(second, "l1-encoder", 0);
        Safetensors saved = saved(first);
        String once = "{\"step\":1,\"settings\":{\"learning-rate\":{\"from\":\"%s\",\"to\":\"0.01\"}}}"
                .formatted(first.settings().text("learning-rate"));
        try (Learner learner = accept(second, saved)) {
            assertThat(learner.change().orElseThrow()).hasToString(once);
            assertThat(learner.model().step()).isEqualTo(1);
            learner.accept(Fixtures.batch(1));
            saved = LearnerCodec.encodeState(learner, 2);
        }
        try (Learner same = accept(second, saved)) {
            assertThat(same.change()).isEmpty();
            assertThat(same.history()).isEqualTo("[" + once + "]");
        }
        try (Learner again = accept(third, saved)) {
            assertThat(again.history()).startsWith("[" + once + ",{\"step\":2,").contains("\"l1-encoder\"");
        }
    }

    /** Whether the trainer was killed before it saved anything with the new recipe, or after, or not at all. */
    @Test
    void theWeightsAfterAChangeDependOnTheStepOfTheChangeAlone() throws Exception {
        ModelSettings before = Fixtures.gan();
        ModelSettings after = with(before, "learning-rate", 0.02);
        Safetensors atTheChange = saved(before);
        try (Learner calm = accept(after, atTheChange);
                Learner killed = accept(after, atTheChange)) {
            calm.accept(Fixtures.batch(1));
            calm.accept(Fixtures.batch(2));
            killed.accept(Fixtures.batch(1));
            try (Learner resumed = accept(after, LearnerCodec.encodeState(killed, 2));
                    Learner unchanged = restore(before, atTheChange)) {
                resumed.accept(Fixtures.batch(2));
                unchanged.accept(Fixtures.batch(1));
                unchanged.accept(Fixtures.batch(2));
                assertThat(Fixtures.weights(resumed)).isEqualTo(Fixtures.weights(calm));
                assertThat(Fixtures.weights(unchanged)).isNotEqualTo(Fixtures.weights(calm));
            }
        }
    }

    @Test
    void anotherArchitectureSeedOrImageSizeIsRefusedWhateverIsAccepted() {
        ModelSettings saved = Fixtures.vae();
        ModelSettings wider = with(saved, "hidden", "9,9");
        ModelSettings reseeded = new ModelSettings(saved.config(), saved.height(), saved.width(), saved.seed() + 1);
        ModelSettings higher = new ModelSettings(saved.config(), saved.height() + 1, saved.width(), saved.seed());
        for (ModelSettings other : List.of(wider, reseeded, higher)) {
            assertThatThrownBy(() -> accept(other, saved(saved)))
                    .isInstanceOf(TrainerException.class)
                    .hasMessageContaining("was learned with other settings:")
                    .hasMessageContaining("--run-id")
                    .hasMessageNotContaining("--accept-changes");
        }
    }

    @Test
    void aDamagedHistoryIsNamed() {
        Safetensors saved = saved(Fixtures.vae());
        for (String damaged : List.of("{}", "[", "none")) {
            Map<String, String> metadata = new LinkedHashMap<>(saved.metadata());
            metadata.put("settings.history", damaged);
            assertThatThrownBy(() -> restore(Fixtures.vae(), new Safetensors(metadata, saved.tensors())))
                    .isInstanceOf(MalformedMessageException.class)
                    .hasMessageContaining("settings.history");
        }
    }

    private static ModelSettings with(ModelSettings settings, String name, Object value) {
        return new ModelSettings(
                settings.config().with(Settings.NONE.with(name, value)),
                settings.height(),
                settings.width(),
                settings.seed());
    }

    private static Learner accept(ModelSettings settings, Safetensors saved) throws MalformedMessageException {
        return LearnerCodec.decodeState(
                new Checkpoint("run/m/0", 1, Safetensors.decode(saved.encode())),
                settings,
                Fixtures.noWatch(),
                Role.ALONE,
                1,
                true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "settings",
                "step",
                "images",
                "first_offset",
                "next_offset",
                "version",
                "watch.prequential",
                "watch.page_hinkley",
                "watch.adwin",
                "watch.good",
                "watch.refusals",
                "watch.rate_scale",
                "watch.raised_until"
            })
    void aStateWithoutAnEntryNamesIt(String entry) {
        Safetensors saved = saved(Fixtures.vae());
        Map<String, String> metadata = new LinkedHashMap<>(saved.metadata());
        metadata.remove(entry);
        assertThatThrownBy(() -> restore(Fixtures.vae(), new Safetensors(metadata, saved.tensors())))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining(entry);
    }

    @Test
    void aStateWithoutATensorOrWithAnotherSizeIsRefused() {
        Safetensors saved = saved(Fixtures.gan());
        Map<String, Tensor> tensors = new LinkedHashMap<>(saved.tensors());
        tensors.put("generator.values", Tensor.ofFloats(new float[3], 3));
        assertThatThrownBy(() -> restore(Fixtures.gan(), new Safetensors(saved.metadata(), tensors)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("generator.values");
        tensors.remove("generator.values");
        assertThatThrownBy(() -> restore(Fixtures.gan(), new Safetensors(saved.metadata(), tensors)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("generator.values");
    }

    @Test
    void aPublishedModelSaysWhatItHasLearned() {
        try (Learner learner = new Learner(Fixtures.gan(), Fixtures.gan().create(1), Fixtures.noWatch(), 40, 40, 0)) {
            learner.accept(Fixtures.batch(41));
            PublishedModel published = LearnerCodec.publicModel(learner);
            assertThat(published.inputFrom()).isEqualTo(40);
            assertThat(published.inputTo()).isEqualTo(42);
            assertThat(published.images()).isEqualTo(10);
            assertThat(published.imageNetwork()).isEqualTo("generator");
            assertThat(published.tensors().get("generator.0.weight").shape()).containsExactly(8, 5);
            assertThat(published.tensors().get("generator.2.bias").shape()).containsExactly(36);
            assertThat(published.tensors().get("discriminator.2.weight").shape())
                    .containsExactly(1, 8);
        }
    }

    private static Safetensors saved(ModelSettings settings) {
        try (Learner learner = Fixtures.start(settings)) {
            learner.accept(Fixtures.batch(0));
            return LearnerCodec.encodeState(learner, 1);
        }
    }

    private static Learner restore(ModelSettings settings, Safetensors saved) throws MalformedMessageException {
        byte[] file = saved.encode();
        return LearnerCodec.decodeState(
                new Checkpoint("run/m/0", 1, Safetensors.decode(file)), settings, Fixtures.noWatch(), Role.ALONE, 1);
    }
}
