package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
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
                images("whole numbers as pixels", Tensor.ofInts(new int[6], 1, 2, 3), "images.dtype"),
                images("black and white", typed(DType.BOOL, new byte[6], 1, 2, 3), "images.dtype"),
                images("flat images", Tensor.ofBytes(new byte[6], 1, 6), "images.shape"),
                images("colour images", Tensor.ofBytes(new byte[18], 1, 3, 2, 3), "images.shape"),
                images("one number", Tensor.ofBytes(new byte[1]), "images.shape"),
                images("two channels of one", Tensor.ofBytes(new byte[6], 1, 1, 1, 2, 3), "images.shape"),
                images("a channel and no image", Tensor.ofBytes(new byte[0], 0, 1, 28, 28), "images.shape"),
                images("a channel and no width", Tensor.ofBytes(new byte[0], 1, 1, 28, 0), "images.shape"),
                images("a channel and an absurd side", Tensor.ofBytes(new byte[4097], 1, 4097, 1, 1), "images.shape"),
                images("no image", Tensor.ofBytes(new byte[0], 0, 28, 28), "images.shape"),
                images("images without height", Tensor.ofBytes(new byte[0], 1, 0, 28), "images.shape"),
                images("images without width", Tensor.ofBytes(new byte[0], 1, 28, 0), "images.shape"),
                images("billions of empty images", Tensor.ofBytes(new byte[0], 2_000_000_000, 0, 0), "images.shape"),
                images("an absurd side", Tensor.ofBytes(new byte[4097], 1, 1, 4097), "images.shape"),
                labels("fewer labels than images", bytes(), "labels.shape"),
                labels("more labels than images", bytes(1, 2), "labels.shape"),
                labels("labels that are no integers", Tensor.ofFloats(new float[] {1}, 1), "labels.dtype"),
                labels("labels that are true or false", typed(DType.BOOL, new byte[1], 1), "labels.dtype"),
                labels("a label below 0", Tensor.ofInts(new int[] {-1}, 1), "labels.data"),
                labels("a label above 255", Tensor.ofInts(new int[] {256}, 1), "labels.data"),
                labels("labels in a column", Tensor.ofInts(new int[] {1}, 1, 1), "labels.shape"),
                labels("one label without a dimension", Tensor.ofInts(new int[] {1}), "labels.shape"),
                labels("one-hot labels", Tensor.ofBytes(new byte[10], 1, 10), "labels.shape"));
    }

    private static Arguments images(String fault, Tensor images, String field) {
        return arguments(fault, file(Map.of("images", images)), field);
    }

    private static Arguments labels(String fault, Tensor labels, String field) {
        return arguments(fault, file(Map.of("images", IMAGES, "labels", labels)), field);
    }

    @ParameterizedTest
    @MethodSource
    void aSingleChannelMayComeFirstOrLast(int[] shape) throws MalformedMessageException {
        byte[] file = file(Map.of("images", Tensor.ofBytes(IMAGES.bytes(), shape)));

        ImageBatch expected = new ImageBatch(1, 2, 3, IMAGES.bytes(), Optional.empty());
        assertThat(ImageBatch.decode(file)).isEqualTo(expected);
        assertThat(ImageBatch.decode(file, 2, 3)).isEqualTo(expected);
        assertThatThrownBy(() -> ImageBatch.decode(file, 3, 2))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("images.shape: images of 2×3 pixels, this model learns 3×2");
    }

    static Stream<int[]> aSingleChannelMayComeFirstOrLast() {
        return Stream.of(new int[] {1, 2, 3}, new int[] {1, 1, 2, 3}, new int[] {1, 2, 3, 1});
    }

    /** Of [1, 1, 6, 1] the values are those of a column and of a row in the same order. */
    @Test
    void whoLearnsTheImagesSaysWhetherAShapeMeansAColumnOrARow() throws MalformedMessageException {
        byte[] file = file(Map.of("images", Tensor.ofBytes(IMAGES.bytes(), 1, 1, 6, 1)));

        assertThat(ImageBatch.decode(file, 6, 1)).isEqualTo(new ImageBatch(1, 6, 1, IMAGES.bytes(), Optional.empty()));
        assertThat(ImageBatch.decode(file, 1, 6)).isEqualTo(new ImageBatch(1, 1, 6, IMAGES.bytes(), Optional.empty()));
        assertThat(refusal(() -> ImageBatch.decode(file, 2, 3)))
                .isEqualTo("images.shape: [1, 1, 6, 1] may be images of 6×1 or of 1×6 pixels, this model learns 2×3");
        assertThat(refusal(() -> ImageBatch.decode(file)))
                .isEqualTo("images.shape: [1, 1, 6, 1] may be images of 6×1 or of 1×6 pixels:"
                        + " convert with images.reshape(N, H, W)");
    }

    @ParameterizedTest
    @CsvSource({"3, 1, 1, 2, 1, 2", "3, 1, 2, 1, 2, 1", "3, 2, 1, 1, 2, 1", "3, 1, 1, 1, 1, 1"})
    void aSideOfOnePixelIsNoChannel(int n, int a, int b, int c, int height, int width)
            throws MalformedMessageException {
        byte[] pixels = new byte[n * height * width];
        byte[] file = file(Map.of("images", Tensor.ofBytes(pixels, n, a, b, c)));

        assertThat(ImageBatch.decode(file, height, width))
                .isEqualTo(new ImageBatch(n, height, width, pixels, Optional.empty()));
    }

    @Test
    void floatsFromBlackToWhiteAreRoundedToTheNearestByte() throws MalformedMessageException {
        float[] floats = {0, -0f, 1, 0.5f, 0.00196f, 0.00197f, 254.4f / 255, 254.6f / 255};
        byte[] file = file(Map.of("images", Tensor.ofFloats(floats, 1, 2, 4)));

        assertThat(ImageBatch.decode(file).images())
                .containsExactly(0, 0, (byte) 255, (byte) 128, 0, 1, (byte) 254, (byte) 255);
    }

    @Test
    void everyByteComesBackFromTheFloatThatPyTorchMakesOfIt() throws MalformedMessageException {
        byte[] bytes = new byte[256];
        float[] floats = new float[256];
        for (int i = 0; i < 256; i++) {
            bytes[i] = (byte) i;
            floats[i] = i / 255f;
        }
        byte[] file = file(Map.of("images", Tensor.ofFloats(floats, 1, 1, 16, 16)));

        assertThat(ImageBatch.decode(file).images()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "1.0000001, divide images from 0 to 255 by 255",
        "255, divide images from 0 to 255 by 255",
        "-1, undo a normalisation",
        "-1e-30, images.clip(0. 1)",
        "NaN, numpy.nan_to_num(images)",
        "Infinity, numpy.nan_to_num(images)",
        "-Infinity, numpy.nan_to_num(images)"
    })
    void aFloatThatIsNoIntensityIsRefusedWithItsPlaceAndAWayOut(float value, String conversion) {
        float[] floats = new float[12];
        floats[10] = value;
        byte[] file = file(Map.of("images", Tensor.ofFloats(floats, 2, 2, 3)));

        assertThat(refusal(() -> ImageBatch.decode(file)))
                .startsWith("images.data: pixel 4 of image 1 is " + (double) value
                        + ", and pixels are U8 from 0 to 255, or floats from 0 to 1: ")
                .contains(conversion.replace("0. 1", "0, 1"));
    }

    @Test
    void labelsMayBeOfAnyIntegerType() throws MalformedMessageException {
        byte[] signs = {-1, 0};
        for (DType dtype : List.of(DType.I64, DType.I32, DType.I16, DType.U64, DType.U32, DType.U16)) {
            byte[] raw = new byte[2 * dtype.bytes()];
            raw[0] = (byte) 200;
            raw[dtype.bytes()] = 7;
            assertThat(labelled(typed(dtype, raw, 2)).labels().orElseThrow())
                    .as("labels of %s", dtype)
                    .containsExactly((byte) 200, 7);
        }
        assertThat(labelled(typed(DType.I8, new byte[] {127, 0}, 2)).labels().orElseThrow())
                .containsExactly(127, 0);
        assertThat(refusal(() -> labelled(typed(DType.I8, signs, 2))))
                .isEqualTo("labels.data: the label of image 0 is -1, not from 0 to 255:"
                        + " leave the tensor labels out where they are not known");
        assertThat(refusal(() -> labelled(typed(DType.U64, repeated(-1, 16), 2))))
                .contains("is 18446744073709551615,");
        assertThat(refusal(() -> labelled(typed(DType.U16, repeated(-1, 4), 2))))
                .contains("is 65535,");
        assertThat(refusal(() -> labelled(typed(DType.U32, repeated(-1, 8), 2))))
                .contains("is 4294967295,");
    }

    @Test
    void aRefusalSaysHowToConvert() {
        assertThat(refusal(() -> decode(Tensor.ofBytes(new byte[12], 2, 6))))
                .isEqualTo("images.shape: [2, 6] is not [N, H, W]: convert flat images with images.reshape(-1, 2, 3)");
        assertThat(refusal(() -> decode(Tensor.ofBytes(new byte[6], 2, 3))))
                .endsWith("convert a single image with images.reshape(1, 2, 3)");
        assertThat(refusal(() -> decode(Tensor.ofBytes(new byte[36], 2, 3, 2, 3))))
                .isEqualTo(
                        "images.shape: [2, 3, 2, 3] has no single channel, and images are grey: [N, H, W], [N, 1, H, W]"
                                + " or [N, H, W, 1]; convert colours with images.mean(axis=1).astype(images.dtype)");
        assertThat(refusal(() -> decode(Tensor.ofBytes(new byte[168], 1, 28, 2, 3))))
                .contains("images.mean(axis=3)");
        assertThat(refusal(() -> decode(typed(DType.I64, new byte[48], 1, 2, 3))))
                .isEqualTo("images.dtype: is I64, and pixels are U8 from 0 to 255, or floats from 0 to 1:"
                        + " convert with images.astype(\"uint8\")");
        assertThat(refusal(() -> decode(typed(DType.BOOL, new byte[6], 1, 2, 3))))
                .endsWith("convert with images.astype(\"uint8\") * 255");
        assertThat(refusal(() -> labelled(Tensor.ofBytes(new byte[20], 2, 10))))
                .isEqualTo("labels.shape: [2, 10] is not [N], one label for each of 2 images:"
                        + " convert one-hot labels with labels.argmax(axis=1)");
        assertThat(refusal(() -> labelled(Tensor.ofBytes(new byte[2], 2, 1))))
                .endsWith("convert with labels.reshape(-1)");
        assertThat(refusal(() -> labelled(Tensor.ofFloats(new float[2], 2))))
                .isEqualTo("labels.dtype: is F32, not a type of integers: convert with labels.astype(\"int64\")");
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

    private static String refusal(ThrowingCallable decode) {
        return catchThrowableOfType(MalformedMessageException.class, decode).getMessage();
    }

    private static ImageBatch decode(Tensor images) throws MalformedMessageException {
        return ImageBatch.decode(file(Map.of("images", images)), 2, 3);
    }

    private static ImageBatch labelled(Tensor labels) throws MalformedMessageException {
        return ImageBatch.decode(file(Map.of("images", Tensor.ofBytes(new byte[12], 2, 2, 3), "labels", labels)));
    }

    private static Tensor typed(DType dtype, byte[] raw, int... shape) {
        return new Tensor(dtype, shape, ByteBuffer.wrap(raw));
    }

    private static byte[] repeated(int value, int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) value);
        return bytes;
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
