package sparsestream.producer.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damages every test picture at random; {@code -Dpictures.damages=N} tries more of them than a build should wait for. */
class DamagedPicturesTest {
    private static final int DAMAGES = Integer.getInteger("pictures.damages", 20);
    private static final int[] TELLING_BYTES = {0, 1, 127, 128, 255};
    private static final int PNG = 0x89;

    private final ImageDecoder decoder = new ImageDecoder(new ImageRules(28, 28, OnSize.RESIZE, 1 << 20, 100_000));

    static Stream<Path> pictures() {
        return Stream.of("cases", "shown", "refused").flatMap(folder -> TestPictures.in(folder).stream());
    }

    @ParameterizedTest
    @MethodSource("pictures")
    void aDamagedFileIsAPictureOrIsRefused(Path picture) {
        byte[] file = TestPictures.read(picture);
        SplittableRandom random =
                new SplittableRandom(picture.getFileName().toString().hashCode());
        for (int i = 0; i < DAMAGES; i++) {
            byte[] damaged = damaged(file, random);
            try {
                assertThat(decoder.decode(damaged).pixels()).hasSize(28 * 28);
            } catch (RefusedImageException e) {
                assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
            } catch (RuntimeException e) {
                throw new AssertionError("damage " + i + " to " + picture, e);
            }
        }
    }

    private static byte[] damaged(byte[] file, SplittableRandom random) {
        byte[] damaged =
                switch (random.nextInt(10)) {
                    case 0 -> Arrays.copyOf(file, random.nextInt(file.length));
                    case 1 -> withGap(file, random.nextInt(file.length), random.nextInt(20));
                    case 2 -> withGap(file, random.nextInt(file.length), -random.nextInt(40));
                    default -> file.clone();
                };
        for (int flips = random.nextInt(6); flips > 0 && damaged.length > 0; flips--) {
            int at = random.nextInt(random.nextBoolean() ? damaged.length : Math.min(damaged.length, 700));
            damaged[at] = (byte)
                    switch (random.nextInt(3)) {
                        case 0 -> damaged[at] ^ (1 << random.nextInt(8));
                        case 1 -> TELLING_BYTES[random.nextInt(TELLING_BYTES.length)];
                        default -> random.nextInt();
                    };
        }
        // Else hardly any damage would get past the checksums.
        if (damaged.length > 0 && (damaged[0] & 0xFF) == PNG && random.nextInt(8) > 0) {
            rightChecksums(damaged);
        }
        return damaged;
    }

    /** So many zeros more, or bytes less, from there on. */
    private static byte[] withGap(byte[] file, int at, int bytes) {
        int from = Math.min(file.length, at + Math.max(0, -bytes));
        return ByteBuffer.allocate(at + Math.max(0, bytes) + file.length - from)
                .put(file, 0, at)
                .position(at + Math.max(0, bytes))
                .put(file, from, file.length - from)
                .array();
    }

    private static void rightChecksums(byte[] png) {
        ByteBuffer file = ByteBuffer.wrap(png);
        int at = Long.BYTES;
        while (at + 12 <= png.length) {
            int length = file.getInt(at);
            if (length < 0 || length > png.length - at - 12) {
                return;
            }
            CRC32 crc = new CRC32();
            crc.update(png, at + 4, length + 4);
            file.putInt(at + 8 + length, (int) crc.getValue());
            at += 12 + length;
        }
    }
}
