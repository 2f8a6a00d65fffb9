package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ImageBatchTest {
    private static final Tensor IMAGES = Tensor.ofBytes(new byte[] {0, 1, 2, 3, 4, (byte) 255}, 1, 2, 3);

    @Test
    void aBatchIsASafetensorsFileWithImagesAndLabels() throws MalformedMessageException {
        byte[] pixels = {0, 1, 2, 3, 4, (byte) 255};
        ImageBatch batch = new ImageBatch(1, 2, 3, pixels, Optional.of(new byte[] {(byte) 200}));

        Map<String, Tensor> tensors = Safetensors.decode(batch.encode()).tensors();

        assertThat(tensors).containsOnly(Map.entry("images", IMAGES), Map.entry("labels", bytes(200)));
        assertThat(ImageBatch.decode(batch.encode())).isEqualTo(batch);
    }

    @Test
    void labelsMayBeUnknownAndOtherTensorsAreIgnored() throws MalformedMessageException {
        byte[] file = file(Map.of("images", IMAGES, "weights", Tensor.ofFloats(new float[2], 2)));

        ImageBatch batch = ImageBatch.decode(file);

        assertThat(batch).isEqualTo(new ImageBatch(1, 2, 3, IMAGES.bytes(), Optional.empty()));
        assertThat(batch).hasToString("1 images of 2×3, without labels");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void whatIsNotABatchNamesItsField(String fault, byte[] value, String field) {
        var e = catchThrowableOfType(MalformedMessageException.class, () -> ImageBatch.decode(value));

        assertThat(e).as(fault).isNotNull();
        assertThat(e.field()).isEqualTo(field);
    }

    static Stream<Arguments> whatIsNotABatchNamesItsField() {
        return Stream.of(
                arguments("a tombstone", null, "value"),
                arguments("an empty value", new byte[0], "value"),
                arguments("no safetensors", "hello, world".getBytes(StandardCharsets.UTF_8), "header_length"),
                arguments("no images", file(Map.of("labels", bytes(1))), "images"),
                images("floats", Tensor.ofFloats(new float[6], 1, 2, 3), "images.dtype"),
                images("flat images", Tensor.ofBytes(new byte[6], 1, 6), "images.shape"),
                images("colour images", Tensor.ofBytes(new byte[6], 1, 1, 2, 3), "images.shape"),
                images("no image", Tensor.ofBytes(new byte[0], 0, 28, 28), "images.shape"),
                images("images without height", Tensor.ofBytes(new byte[0], 1, 0, 28), "images.shape"),
                images("images without width", Tensor.ofBytes(new byte[0], 1, 28, 0), "images.shape"),
                images("billions of empty images", Tensor.ofBytes(new byte[0], 2_000_000_000, 0, 0), "images.shape"),
                images("an absurd side", Tensor.ofBytes(new byte[4097], 1, 1, 4097), "images.shape"),
                labels("fewer labels than images", bytes(), "labels.shape"),
                labels("more labels than images", bytes(1, 2), "labels.shape"),
                labels("labels of another dtype", Tensor.ofInts(new int[] {1}, 1), "labels.dtype"),
                labels("one-hot labels", Tensor.ofBytes(new byte[10], 1, 10), "labels.shape"));
    }

    private static Arguments images(String fault, Tensor images, String field) {
        return arguments(fault, file(Map.of("images", images)), field);
    }

    private static Arguments labels(String fault, Tensor labels, String field) {
        return arguments(fault, file(Map.of("images", IMAGES, "labels", labels)), field);
    }

    @Test
    void aBatchThatCouldNotBeReadIsNotMade() {
        assertThatThrownBy(() -> new ImageBatch(0, 2, 3, new byte[0], Optional.empty()))
                .hasMessage("a batch of 0 images");
        assertThatThrownBy(() -> new ImageBatch(1, 0, 3, new byte[0], Optional.empty()))
                .hasMessage("images of 0×3 pixels");
        assertThatThrownBy(() -> new ImageBatch(1, 2, 3, new byte[5], Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ImageBatch(1, 2, 3, new byte[6], Optional.of(new byte[2])))
                .hasMessage("2 labels for 1 images");
    }

    private static Tensor bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Tensor.ofBytes(bytes, bytes.length);
    }

    private static byte[] file(Map<String, Tensor> tensors) {
        return new Safetensors(Map.of(), new HashMap<>(tensors)).encode();
    }
}
