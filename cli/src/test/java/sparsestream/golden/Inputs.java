package sparsestream.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/** What all releases are given, which never changes: drawn digits as a dataset of IDX files, some of them as PNG and JPEG, and noise. */
final class Inputs {
    static final Path DIRECTORY = Path.of("src", "test", "resources", "golden", "inputs");

    private static final String IMAGES = "train-images-idx3-ubyte.gz";
    private static final int DIGIT_BYTES = 28 * 28;
    private static final int IDX_HEADER_BYTES = 16;

    private Inputs() {}

    /** Images {@code [from, to)} of the dataset, [to − from, 784]. */
    static byte[] digits(int from, int to) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(DIRECTORY.resolve(IMAGES)))) {
            in.skipNBytes(IDX_HEADER_BYTES + (long) from * DIGIT_BYTES);
            return in.readNBytes((to - from) * DIGIT_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As many images as it takes to measure generated ones against, [1024, 784]: the dataset's, moved to the right by 0 to 3 pixels. */
    static byte[] heldOut() {
        byte[] digits = digits(0, 256);
        byte[] moved = new byte[4 * digits.length];
        for (int pixels = 0; pixels < 4; pixels++) {
            System.arraycopy(digits, 0, moved, pixels * digits.length + pixels, digits.length - pixels);
        }
        return moved;
    }

    /** Bytes that every Java makes alike. */
    static byte[] noise(long seed, int count) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
