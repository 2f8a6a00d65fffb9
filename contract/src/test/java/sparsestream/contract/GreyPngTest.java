package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GreyPngTest {
    private static final int GREY = 0;
    private static final byte[] PIXELS = {0, 1, 127, (byte) 128, (byte) 200, (byte) 255};

    @Test
    void aPngMadeByHandFromTheSpecificationIsRead() throws IOException, MalformedMessageException {
        byte[] png = png(3, 2, 8, GREY, new byte[] {0, 0, 1, 127, 0, (byte) 128, (byte) 200, (byte) 255});

        assertThat(GreyPng.size(png)).isEqualTo(new GreyPng.Size(3, 2));
        assertThat(GreyPng.decode(png)).isEqualTo(PIXELS);
    }

    @Test
    void whatIsWrittenIsAnEightBitGreyImageWithTheVeryPixels() throws IOException {
        byte[] png = GreyPng.encode(PIXELS, 3, 2);

        assertThat(HexFormat.of().formatHex(png, 0, 29))
                .isEqualTo("89504e470d0a1a0a" + "0000000d49484452" + "00000003" + "00000002" + "0800000000");
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(image.getType()).isEqualTo(BufferedImage.TYPE_BYTE_GRAY);
        assertThat(image.getRaster().getSamples(0, 0, 3, 2, 0, (int[]) null)).containsExactly(0, 1, 127, 128, 200, 255);
    }

    @Test
    void manyThreadsWriteTheSameBytes() throws MalformedMessageException {
        byte[] pixels = new byte[28 * 28];
        new Random(1).nextBytes(pixels);
        byte[] expected = GreyPng.encode(pixels, 28, 28);

        List<byte[]> images = IntStream.range(0, 200)
                .parallel()
                .mapToObj(i -> GreyPng.encode(pixels, 28, 28))
                .toList();

        assertThat(images).allSatisfy(png -> assertThat(png).isEqualTo(expected));
        assertThat(GreyPng.decode(expected)).isEqualTo(pixels);
    }

    @Test
    void pixelsThatAreNotWidthTimesHeightAreRefused() {
        assertThatThrownBy(() -> GreyPng.encode(PIXELS, 3, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GreyPng.encode(new byte[0], 0, 3)).hasMessage("an image of 0×3 pixels");
        assertThatThrownBy(() -> GreyPng.encode(new byte[0], 65_536, 65_536))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void whatIsNotAGreyPngNamesItsField(String fault, byte[] png, String field) {
        var e = catchThrowableOfType(MalformedMessageException.class, () -> GreyPng.decode(png));

        assertThat(e).as(fault).isNotNull();
        assertThat(e.field()).isEqualTo(field);
    }

    static Stream<Arguments> whatIsNotAGreyPngNamesItsField() throws IOException {
        byte[] good = GreyPng.encode(PIXELS, 3, 2);
        byte[] row = new byte[2];
        return Stream.of(
                arguments("nothing", new byte[0], "png"),
                arguments("only the beginning", Arrays.copyOf(good, 40), "png"),
                arguments("the data cut short", Arrays.copyOf(good, good.length - 26), "png"),
                arguments("another format", "GIF89a".repeat(10).getBytes(StandardCharsets.US_ASCII), "png"),
                arguments("colour", png(1, 1, 8, 2, new byte[4]), "png.IHDR"),
                arguments("grey with transparency", png(1, 1, 8, 4, new byte[3]), "png.IHDR"),
                arguments("16 bits", png(1, 1, 16, GREY, new byte[3]), "png.IHDR"),
                arguments("one bit", png(1, 1, 1, GREY, row), "png.IHDR"),
                arguments("no width", png(0, 1, 8, GREY, row), "png.IHDR"),
                arguments("billions of pixels in a few bytes", png(65_535, 65_535, 8, GREY, row), "png.IHDR"),
                arguments("a negative height", png(1, -1, 8, GREY, row), "png.IHDR"),
                arguments("fewer rows than the header says", png(1, 9, 8, GREY, row), "png"),
                arguments("data that is not compressed", notCompressed(), "png"));
    }

    private static byte[] notCompressed() {
        return concat(signature(), chunk("IHDR", header(1, 1, 8, GREY)), chunk("IDAT", new byte[] {1, 2, 3, 4}));
    }

    private static byte[] png(int width, int height, int bitDepth, int colourType, byte[] rows) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(compressed)) {
            deflater.write(rows);
        }
        return concat(
                signature(),
                chunk("IHDR", header(width, height, bitDepth, colourType)),
                chunk("IDAT", compressed.toByteArray()),
                chunk("IEND", new byte[0]));
    }

    private static byte[] signature() {
        return HexFormat.of().parseHex("89504e470d0a1a0a");
    }

    private static byte[] header(int width, int height, int bitDepth, int colourType) {
        return ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put((byte) bitDepth)
                .put((byte) colourType)
                .array();
    }

    private static byte[] chunk(String type, byte[] data) {
        byte[] typed = concat(type.getBytes(StandardCharsets.US_ASCII), data);
        CRC32 crc = new CRC32();
        crc.update(typed);
        return ByteBuffer.allocate(typed.length + 8)
                .putInt(data.length)
                .put(typed)
                .putInt((int) crc.getValue())
                .array();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
