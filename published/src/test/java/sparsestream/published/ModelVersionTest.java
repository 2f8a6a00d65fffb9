package sparsestream.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.GreyPng;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Tensor;

class ModelVersionTest {
    @Test
    void aVersionKnowsWhatItHasLearned() {
        Checkpoint checkpoint = TestModels.checkpoint("vae", 7);
        ModelVersion version = TestModels.version("vae", 7);
        assertThat(version.version()).isEqualTo(7);
        assertThat(version.sha256()).isEqualTo(checkpoint.sha256());
        assertThat(version.step()).isEqualTo(70);
        assertThat(version.images()).isEqualTo(8960);
        assertThat(version.zeroRatio()).isEqualTo(0.48);
        assertThat(version.generator().latent()).isEqualTo(TestModels.LATENT);
    }

    /** 255 · σ(w · lrelu(z · v)) with one input, one hidden unit and biases, worked out by hand. */
    @Test
    void theLayersAreAppliedInOrderWithTheirBiases() throws MalformedMessageException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("decoder.0.weight", Tensor.ofFloats(new float[] {2}, 1, 1));
        tensors.put("decoder.0.bias", Tensor.ofFloats(new float[] {1}, 1));
        float[] slopes = new float[784];
        slopes[0] = 1;
        slopes[1] = -1;
        float[] biases = new float[784];
        biases[2] = 100;
        tensors.put("decoder.1.weight", Tensor.ofFloats(slopes, 784, 1));
        tensors.put("decoder.1.bias", Tensor.ofFloats(biases, 784));
        byte[] image = load(tensors).generator().image(new float[] {0.25f});
        // 2 · 0.25 + 1 = 1.5; σ(±1.5) = 0.81757, 0.18243; σ(100) = 1; σ(0) = 0.5, which rounds up.
        assertThat(image).startsWith((byte) 208, (byte) 47, (byte) 255, (byte) 128);
    }

    @Test
    void anImageCarriesItsProvenance() throws MalformedMessageException {
        ModelVersion version = TestModels.version("vae", 7);
        Instant time = Instant.parse("2026-03-04T05:07:00Z");
        GeneratedImage image = version.draw(5, 11, time, "/sparsestream/test-run/sampler");
        assertThat(image.version()).isEqualTo(7);
        assertThat(image.checkpointSha256()).isEqualTo(version.sha256());
        assertThat(image.inputOffsetFrom()).isZero();
        assertThat(image.inputOffsetTo()).isEqualTo(70);
        assertThat(GreyPng.decode(image.png())).isEqualTo(version.generator().image(5, 11));
        assertThat(TestModels.version("vae", 7).draw(5, 11, time, image.source()))
                .isEqualTo(image);
    }

    @Test
    void ageIsNeverNegative() {
        ModelVersion version = TestModels.version("vae", 1);
        assertThat(version.age(TestModels.COMMITTED.plusSeconds(3))).isEqualTo(Duration.ofSeconds(3));
        assertThat(version.age(TestModels.COMMITTED.minusSeconds(3))).isZero();
    }

    @Test
    void aModelUnderTheKeyOfAnotherIsRefused() {
        Checkpoint checkpoint =
                TestModels.checkpoint("gan", 1, TestModels.published("vae", 1).encode());
        assertThatThrownBy(() -> ModelVersion.load("gan", checkpoint, TestModels.COMMITTED))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("__metadata__.model: is 'vae' under the key test-run/gan");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void whatDoesNotFitNamesTheTensor(String message, Consumer<Map<String, Tensor>> damage) {
        Map<String, Tensor> tensors =
                new LinkedHashMap<>(TestModels.published("vae", 1).tensors());
        damage.accept(tensors);
        assertThatThrownBy(() -> load(tensors))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> whatDoesNotFitNamesTheTensor() {
        return Stream.of(
                damage("decoder.0.weight: is missing", t -> t.remove("decoder.0.weight")),
                damage("decoder.1.bias: is missing", t -> t.remove("decoder.1.bias")),
                damage(
                        "decoder.1.bias: is none of the weights and biases of 1 layers",
                        t -> t.remove("decoder.1.weight")),
                damage(
                        "decoder.0.weight: I32 [16, 5] is not F32",
                        t -> t.put("decoder.0.weight", Tensor.ofInts(new int[80], 16, 5))),
                damage(
                        "decoder.0.weight: F32 [80] is not F32 [outputs, inputs]",
                        t -> t.put("decoder.0.weight", Tensor.ofFloats(new float[80], 80))),
                damage(
                        "decoder.0.weight: F32 [16, 0] is not F32 [outputs, inputs]",
                        t -> t.put("decoder.0.weight", Tensor.ofFloats(new float[0], 16, 0))),
                damage(
                        "decoder.1.weight: takes 15 inputs, the layer before gives 16",
                        t -> t.put("decoder.1.weight", Tensor.ofFloats(new float[784 * 15], 784, 15))),
                damage(
                        "decoder.0.bias: F32 [17] is not F32 [16]",
                        t -> t.put("decoder.0.bias", Tensor.ofFloats(new float[17], 17))),
                damage("decoder.1.weight: gives 783 outputs for images of 28×28 pixels", t -> {
                    t.put("decoder.1.weight", Tensor.ofFloats(new float[783 * 16], 783, 16));
                    t.put("decoder.1.bias", Tensor.ofFloats(new float[783], 783));
                }),
                damage("decoder.1.bias: element 9 is NaN", t -> {
                    float[] values = new float[784];
                    values[9] = Float.NaN;
                    t.put("decoder.1.bias", Tensor.ofFloats(values, 784));
                }),
                damage(
                        "decoder.scale: is none of the weights and biases of 2 layers",
                        t -> t.put("decoder.scale", Tensor.ofFloats(new float[1], 1))));
    }

    private static Arguments damage(String message, Consumer<Map<String, Tensor>> damage) {
        return Arguments.of(message, damage);
    }

    private static ModelVersion load(Map<String, Tensor> tensors) throws MalformedMessageException {
        Checkpoint checkpoint = TestModels.checkpoint(
                "vae", 1, TestModels.published("vae", 1, tensors).encode());
        return ModelVersion.load("vae", checkpoint, TestModels.COMMITTED);
    }
}
