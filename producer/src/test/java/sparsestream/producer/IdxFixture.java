package sparsestream.producer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** IDX files, written by hand from the format's description. */
final class IdxFixture {
    private IdxFixture() {}

    static byte[] images(int count, int height, int width, byte[] pixels) {
        return ByteBuffer.allocate(16 + pixels.length)
                .put(new byte[] {0, 0, 8, 3})
                .putInt(count)
                .putInt(height)
                .putInt(width)
                .put(pixels)
                .array();
    }

    static byte[] labels(int count, byte[] labels) {
        return ByteBuffer.allocate(8 + labels.length)
                .put(new byte[] {0, 0, 8, 1})
                .putInt(count)
                .put(labels)
                .array();
    }

    static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Writes a split of {@code count} images of 2 x 3 pixels, image i being all i and labelled i. */
    static void writeSplit(Path directory, Split split, int count) throws IOException {
        writeSplit(directory, split, count, split.imagesFile() + ".gz", split.labelsFile());
    }

    /** Under other names; what ends in {@code .gz} is packed. */
    static void writeSplit(Path directory, Split split, int count, String imagesFile, String labelsFile)
            throws IOException {
        byte[] pixels = new byte[count * 6];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) i;
            Arrays.fill(pixels, i * 6, i * 6 + 6, (byte) i);
        }
        write(directory.resolve(imagesFile), images(count, 2, 3, pixels));
        write(directory.resolve(labelsFile), labels(count, labels));
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, file.toString().endsWith(".gz") ? gzip(content) : content);
    }
}
