package sparsestream.trainer.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
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
                .hasMessageContaining("other settings: l1-encoder is 0.001, not 0.0;")
                .hasMessageContaining("--run-id");
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
