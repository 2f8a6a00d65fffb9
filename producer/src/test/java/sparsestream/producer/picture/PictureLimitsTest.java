package sparsestream.producer.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small files that would cost much, and large ones that would cost more. */
class PictureLimitsTest {
    private static final int AFTER_PNG_HEADER = 8 + 25;
    private static final int AFTER_JPEG_START = 2;

    private final PictureReader reader = new PictureReader();

    @Test
    void textThatWouldUnpackToMegabytesIsNotUnpacked() {
        byte[] plain = Pictures.file("png", Pictures.grey(2, 1, (byte) 7, (byte) 9));
        byte[] bomb = Pictures.chunk("zTXt", packedZeros(64 << 20));

        assertThat(new PngParser(inserted(plain, AFTER_PNG_HEADER, bomb))
                        .parse()
                        .essential())
                .isEqualTo(new PngParser(plain).parse().essential());
    }

    @Test
    void aProfileThatWouldUnpackToMegabytesIsRefused() {
        byte[] plain = Pictures.file("png", Pictures.grey(2, 1, (byte) 7, (byte) 9));
        byte[] bomb = Pictures.chunk("iCCP", packedZeros(32 << 20));

        assertThatThrownBy(() -> reader.open(inserted(plain, AFTER_PNG_HEADER, bomb)))
                .isInstanceOf(UnreadablePictureException.class)
                .hasMessage("PNG has a colour profile of more than 4194304 bytes");
    }

    /** Or many that are just small enough would be unpacked one after the other. */
    @Test
    void ofSeveralProfilesOneIsUnpacked() {
        byte[] file = Pictures.file("png", Pictures.grey(2, 1, (byte) 7, (byte) 9));
        byte[] broken = Pictures.chunk("iCCP", "name".getBytes(StandardCharsets.US_ASCII));
        byte[] bomb = Pictures.chunk("iCCP", packedZeros(32 << 20));

        byte[] both = inserted(inserted(file, AFTER_PNG_HEADER, bomb), AFTER_PNG_HEADER, broken);
        assertThat(reader.decode(reader.open(both).orElseThrow()).getWidth()).isEqualTo(2);
    }

    @Test
    void aProfileInManyPartsIsReadUpToTheLimit() {
        byte[] file = shown("icc-swapped.jpg");
        byte[] profile = new JpegParser(file).parse().profile().orElseThrow();
        byte[] plain = shown("ycc-444.jpg");

        byte[] largest = inParts(plain, Arrays.copyOf(profile, ColourProfiles.MAX_BYTES));
        assertThat(samples(largest)).isEqualTo(samples(file)).isNotEqualTo(samples(plain));

        assertThatThrownBy(() -> reader.open(inParts(plain, Arrays.copyOf(profile, ColourProfiles.MAX_BYTES + 1))))
                .isInstanceOf(UnreadablePictureException.class)
                .hasMessage("JPEG has a colour profile of more than 4194304 bytes");
    }

    @Test
    void moreProfilesThanAreRememberedAreStillApplied() {
        byte[] plain = shown("ycc-444.jpg");
        byte[] profile =
                new JpegParser(shown("icc-swapped.jpg")).parse().profile().orElseThrow();
        int[] expected = samples(shown("icc-swapped.jpg"));
        for (int i = 0; i < 40; i++) {
            byte[] another = Arrays.copyOf(profile, profile.length + i % 20);
            assertThat(samples(inParts(plain, another))).isEqualTo(expected);
        }
    }

    @Test
    void exifOfAnySizeIsReadInPlace() {
        byte[] jpeg = Pictures.file("jpeg", Pictures.grey(8, 16, new byte[8 * 16]));
        byte[] exif = exif(5000);
        byte[] segment = ByteBuffer.allocate(10 + exif.length)
                .putShort((short) 0xFFE1)
                .putShort((short) (8 + exif.length))
                .put("Exif\0\0".getBytes(StandardCharsets.US_ASCII))
                .put(exif)
                .array();
        assertThat(reader.open(inserted(jpeg, AFTER_JPEG_START, segment))
                        .orElseThrow()
                        .width())
                .isEqualTo(16);

        byte[] png = Pictures.file("png", Pictures.grey(8, 16, new byte[8 * 16]));
        byte[] chunk = Pictures.chunk("eXIf", exif(65_534));
        assertThat(reader.open(inserted(png, AFTER_PNG_HEADER, chunk))
                        .orElseThrow()
                        .width())
                .isEqualTo(16);
    }

    /** A directory beyond the end, or in the header itself, and more entries than there are. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 26, 25, Integer.MAX_VALUE, 0, 1})
    void anExifDirectoryThatIsNotThereIsPassedOver(int directory) {
        byte[] exif = exif(0);
        ByteBuffer.wrap(exif).putInt(4, directory);
        assertThat(Exif.orientation(exif, 0, exif.length)).isEqualTo(Orientation.TOP_LEFT);
        for (int length = 0; length < exif.length; length++) {
            Exif.orientation(exif, 0, length);
        }
    }

    @Test
    void transparentLevelsDoNotAddUp() {
        byte[] file = shown("grey-4-trns.png");
        byte[] level = Pictures.chunk("tRNS", new byte[2]);
        byte[] many = file;
        for (int i = 0; i < 100; i++) {
            many = inserted(many, AFTER_PNG_HEADER, level);
        }
        assertThat(new PngParser(many).parse().essential().length).isLessThan(file.length + 200);
    }

    private int[] samples(byte[] file) {
        BufferedImage picture = reader.decode(reader.open(file).orElseThrow());
        return picture.getRaster().getPixels(0, 0, picture.getWidth(), picture.getHeight(), (int[]) null);
    }

    private static byte[] inserted(byte[] file, int at, byte[] piece) {
        return ByteBuffer.allocate(file.length + piece.length)
                .put(file, 0, at)
                .put(piece)
                .put(file, at, file.length - at)
                .array();
    }

    private static byte[] inParts(byte[] jpeg, byte[] profile) {
        int partBytes = 65_000;
        int parts = (profile.length + partBytes - 1) / partBytes;
        byte[] file = jpeg;
        for (int i = parts - 1; i >= 0; i--) {
            byte[] part = Arrays.copyOfRange(profile, i * partBytes, Math.min(profile.length, (i + 1) * partBytes));
            byte[] segment = ByteBuffer.allocate(18 + part.length)
                    .putShort((short) 0xFFE2)
                    .putShort((short) (16 + part.length))
                    .put("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII))
                    .put((byte) (i + 1))
                    .put((byte) parts)
                    .put(part)
                    .array();
            file = inserted(file, AFTER_JPEG_START, segment);
        }
        return file;
    }

    /** Orientation 6 behind so many entries of other tags. */
    private static byte[] exif(int others) {
        ByteBuffer tiff = ByteBuffer.allocate(8 + 2 + 12 * others + 12 + 4)
                .put("MM\0*".getBytes(StandardCharsets.US_ASCII))
                .putInt(8)
                .putShort((short) (others + 1));
        for (int i = 0; i < others; i++) {
            tiff.putShort((short) 0x0100).putShort((short) 2).putInt(-1).putInt(-1);
        }
        return tiff.putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) 6)
                .array();
    }

    /** A name, a zero, the method of compression, and so many zeros packed. */
    private static byte[] packedZeros(int bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        packed.writeBytes(new byte[] {'k', 0, 0});
        try (var deflated = new DeflaterOutputStream(packed, new Deflater(9))) {
            byte[] zeros = new byte[1 << 20];
            for (int left = bytes; left > 0; left -= zeros.length) {
                deflated.write(zeros);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static byte[] shown(String file) {
        try (InputStream in = PictureLimitsTest.class.getResourceAsStream("/pictures/shown/" + file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
