package sparsestream.producer.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.producer.picture.Pictures;

class ImageDecoderTest {
    private static final byte[] FOUR_GREYS = {0, 1, (byte) 128, (byte) 255};

    @Test
    void rawBytesAreThePixels() {
        assertThat(decode(FOUR_GREYS)).isEqualTo(FOUR_GREYS);
    }

    @Test
    void aGreyPngKeepsItsValues() {
        assertThat(decode(Pictures.file("png", Pictures.grey(2, 2, FOUR_GREYS))))
                .isEqualTo(FOUR_GREYS);
    }

    /** By ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B. */
    @ParameterizedTest
    @CsvSource({
        "ffff0000, 76", // 76.2
        "ff00ff00, 150", // 149.7
        "ff0000ff, 29", // 29.1
        "ff808080, 128",
        "ffffffff, 255",
        "80ffffff, 128", // half transparent on black
        "00ffffff, 0",
        "ff102030, 29" // 4.784 + 18.784 + 5.472 = 29.04
    })
    void coloursBecomeTheirLuma(String argb, int grey) {
        int colour = Integer.parseUnsignedInt(argb, 16);
        byte[] expected = filled(4, grey);

        assertThat(decode(Pictures.file("png", Pictures.plain(BufferedImage.TYPE_INT_ARGB, 2, 2, colour))))
                .isEqualTo(expected);
        if (argb.startsWith("ff")) {
            assertThat(decode(Pictures.file("png", Pictures.plain(BufferedImage.TYPE_INT_RGB, 2, 2, colour))))
                    .isEqualTo(expected);
        }
    }

    @Test
    void sixteenBitsPalettesAndSingleBitsAreRead() {
        BufferedImage deep = new BufferedImage(2, 2, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setPixels(0, 0, 2, 2, new int[] {0, 257, 128 * 257, 65535});
        assertThat(decode(Pictures.file("png", deep))).isEqualTo(FOUR_GREYS);

        BufferedImage bits = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_BINARY);
        bits.getRaster().setPixels(0, 0, 2, 2, new int[] {0, 1, 1, 0});
        assertThat(decode(Pictures.file("png", bits))).isEqualTo(new byte[] {0, -1, -1, 0});

        byte[] red = {(byte) 255, 0};
        byte[] green = {0, (byte) 255};
        BufferedImage palette = new BufferedImage(
                2, 2, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 2, red, green, new byte[2]));
        palette.getRaster().setPixels(0, 0, 2, 2, new int[] {0, 1, 0, 1});
        assertThat(decode(Pictures.file("png", palette))).isEqualTo(new byte[] {76, (byte) 150, 76, (byte) 150});
    }

    @Test
    void aJpegIsReadToWithinItsLoss() {
        byte[] grey = decode(Pictures.file("jpeg", Pictures.plain(BufferedImage.TYPE_INT_RGB, 2, 2, 0xFF102030)));
        for (byte value : grey) {
            assertThat(value & 0xFF).isCloseTo(29, within(2));
        }
        assertThat(decode(Pictures.file("jpeg", Pictures.grey(2, 2, filled(4, 200)))))
                .isEqualTo(filled(4, 200));
    }

    @Test
    void anotherSizeIsResizedOrRejected() {
        byte[] large = Pictures.file(
                "png",
                Pictures.grey(
                        4, 2, (byte) 0, (byte) 10, (byte) 20, (byte) 30, (byte) 4, (byte) 6, (byte) 0, (byte) 50));

        assertThat(decode(large)).isEqualTo(new byte[] {5, 25, 5, 25});
        assertRefused(rules(OnSize.REJECT), large, "image has 4 × 2 pixels, not 2 × 2");
    }

    @Test
    void theSizeWantedIsThatOfTheUprightPicture() {
        byte[] lying = TestPictures.read("shown/orientation-6.png"); // 14 × 28 are stored
        assertThat(new ImageDecoder(new ImageRules(14, 28, OnSize.REJECT, 5000, 1000))
                        .decode(lying)
                        .pixels())
                .hasSize(14 * 28);
        assertRefused(
                new ImageRules(28, 14, OnSize.REJECT, 5000, 1000), lying, "image has 28 × 14 pixels, not 14 × 28");
    }

    @Test
    void whatIsTooLargeIsRefusedByItsHeaderAlone() {
        // There are no pixels behind these headers, so decoding them would be another error.
        byte[] wide = Pictures.png(Pictures.header(50_000, 50_000), Pictures.chunk("IEND", new byte[0]));
        assertRefused(rules(OnSize.RESIZE), wide, "image has 50000 × 50000 pixels, and --max-pixels is 100");
        byte[] negative = Pictures.png(Pictures.header(-1, 1), Pictures.chunk("IEND", new byte[0]));
        assertRefused(rules(OnSize.RESIZE), negative, "image has -1 × 1 pixels, and --max-pixels is 100");

        byte[] jpeg = Pictures.file("jpeg", Pictures.grey(2, 2, FOUR_GREYS));
        int frame = indexOf(jpeg, (byte) 0xFF, (byte) 0xC0);
        ByteBuffer.wrap(jpeg).putInt(frame + 5, 0xFFFF_FFFF);
        assertRefused(rules(OnSize.RESIZE), jpeg, "image has 65535 × 65535 pixels, and --max-pixels is 100");

        for (String kind :
                new String[] {"cmyk.jpg", "ycc-progressive.jpg", "ycck-420-progressive.jpg", "orientation-6-II.jpg"}) {
            byte[] file = TestPictures.read("shown/" + kind);
            int height = Math.max(indexOf(file, (byte) 0xFF, (byte) 0xC0), indexOf(file, (byte) 0xFF, (byte) 0xC2)) + 5;
            ByteBuffer.wrap(file).putInt(height, 0xFFFF_FFFF);
            assertRefused(rules(OnSize.RESIZE), file, "image has 65535 × 65535 pixels, and --max-pixels is 100");
        }

        assertRefused(rules(OnSize.RESIZE), new byte[5001], "value has 5001 bytes, more than --max-bytes 5000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg"})
    void aFileThatIsCutOffAnywhereIsRefused(String format) {
        byte[] file = Pictures.file(format, Pictures.plain(BufferedImage.TYPE_INT_RGB, 8, 8, 0xFF102030));
        // The last two bytes of a JPEG only say that it ends.
        int pixelsEnd = format.equals("png") ? file.length : file.length - 2;
        for (int length = 0; length < pixelsEnd; length++) {
            if (length != 4) { // which is a raw image of 2 x 2
                byte[] cut = Arrays.copyOf(file, length);
                assertThatThrownBy(() -> decode(cut)).as("%s bytes", length).isInstanceOf(RefusedImageException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg"})
    void aDamagedByteNeverDoesWorseThanRefusal(String format) {
        byte[] file = Pictures.file(format, Pictures.plain(BufferedImage.TYPE_INT_RGB, 8, 8, 0xFF102030));
        int refused = 0;
        for (int i = 0; i < file.length; i++) {
            for (int flip : new int[] {0x01, 0x80, 0xFF}) {
                byte[] damaged = file.clone();
                damaged[i] ^= (byte) flip;
                try {
                    assertThat(decode(damaged)).hasSize(4);
                } catch (RefusedImageException e) {
                    assertThat(e).hasMessageNotContaining("\n");
                    refused++;
                }
            }
        }
        // Every chunk of a PNG has a checksum, so that only what is left out may be damaged; a JPEG has none.
        assertThat(refused).isGreaterThan(format.equals("png") ? 3 * file.length - 1 : 100);
    }

    @ParameterizedTest
    @CsvSource({"0, value is empty", "3, value is neither PNG nor JPEG"})
    void whatIsNoImageIsRefused(int length, String message) {
        assertThatThrownBy(() -> decode(new byte[length]))
                .isInstanceOf(RefusedImageException.class)
                .hasMessageStartingWith(message);
        assertThatThrownBy(() -> decode(null)).hasMessage("value is empty");
    }

    private static ImageRules rules(OnSize onSize) {
        return new ImageRules(2, 2, onSize, 5000, 100);
    }

    private static byte[] decode(byte[] value) {
        GreyImage image = new ImageDecoder(rules(OnSize.RESIZE)).decode(value);
        assertThat(image.height()).isEqualTo(2);
        assertThat(image.width()).isEqualTo(2);
        return image.pixels();
    }

    private static void assertRefused(ImageRules rules, byte[] value, String message) {
        assertThatThrownBy(() -> new ImageDecoder(rules).decode(value))
                .isInstanceOf(RefusedImageException.class)
                .hasMessage(message);
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static int indexOf(byte[] file, byte first, byte second) {
        for (int i = 0; i + 1 < file.length; i++) {
            if (file[i] == first && file[i + 1] == second) {
                return i;
            }
        }
        return -1;
    }
}
