package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedModelTest {
    private static final PublishedModel MODEL = new PublishedModel(
            "vae",
            "decoder",
            28,
            28,
            7,
            896,
            0,
            7,
            0.25,
            "00ff",
            Map.of("decoder.0.bias", Tensor.ofFloats(new float[] {1, 2}, 2)));

    @Test
    void whatIsPublishedIsRead() throws MalformedMessageException {
        byte[] file = MODEL.encode().encode();
        assertThat(PublishedModel.decode(Safetensors.decode(file))).isEqualTo(MODEL);
    }

    @Test
    void zerosOfBothSignsAreCountedByLayerWithoutBiases() {
        Map<String, Tensor> tensors = Map.of(
                "decoder.0.weight", Tensor.ofFloats(new float[] {0f, -0f, Float.MIN_VALUE, 2f}, 2, 2),
                "decoder.0.bias", Tensor.ofFloats(new float[] {0f, 0f}, 2),
                "encoder.1.weight", Tensor.ofFloats(new float[] {1f, 2f}, 1, 2));
        PublishedModel model = new PublishedModel("vae", "decoder", 28, 28, 7, 896, 0, 7, 0.25, "00ff", tensors);
        assertThat(model.layerZeroRatios()).isEqualTo(Map.of("decoder.0", 0.5, "encoder.1", 0.0));
    }

    @ParameterizedTest
    @CsvSource({
        "model,",
        "height,0",
        "height,4097",
        "width,28.5",
        "step,-1",
        "images,many",
        "input_to,99999999999999999999",
        "zero_ratio,NaN",
        "zero_ratio,half"
    })
    void wrongMetadataNameTheField(String field, String value) {
        Map<String, String> metadata = new LinkedHashMap<>(MODEL.encode().metadata());
        metadata.put(field, value == null ? "" : value);
        assertThatThrownBy(() -> PublishedModel.decode(new Safetensors(metadata, MODEL.tensors())))
                .isInstanceOfSatisfying(MalformedMessageException.class, e -> assertThat(e.field())
                        .isEqualTo("__metadata__." + field));
    }
}
