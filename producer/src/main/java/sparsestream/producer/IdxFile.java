package sparsestream.producer;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads the IDX files of MNIST and its kin: a big-endian magic number, the sizes, then unsigned bytes. Gzip is told by
 * the content, not by the name.
 *
 * <p>Nothing is allocated that the file cannot fill, and reading stops at the size that the header gives.
 */
final class IdxFile {
    private static final int IMAGES_MAGIC = 0x803;
    private static final int LABELS_MAGIC = 0x801;
    private static final int IMAGES_HEADER_BYTES = 16;
    private static final int LABELS_HEADER_BYTES = 8;
    private static final int MAX_SIDE_PIXELS = 4096;
    private static final long MAX_BYTES = 1L << 30;
    /** Deflate never packs more than this into one byte. */
    private static final long MAX_DEFLATE_RATIO = 1032;

    private IdxFile() {}

    /** @param pixels {@code [count, height, width]} */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Images(int count, int height, int width, byte[] pixels) {}

    /** @throws DatasetException if the file is not a complete IDX file of images */
    static Images readImages(Path file) {
        return read(file, (in, fileBytes, gzip) -> {
            requireMagic(file, "images", IMAGES_MAGIC, in.readInt());
            int count = requireSize(file, "images", in.readInt(), Integer.MAX_VALUE);
            int height = requireSize(file, "rows", in.readInt(), MAX_SIDE_PIXELS);
            int width = requireSize(file, "columns", in.readInt(), MAX_SIDE_PIXELS);
            long pixels = (long) height * width * count;
            requireFits(file, pixels, fileBytes - IMAGES_HEADER_BYTES, gzip);
            return new Images(count, height, width, readRest(file, in, (int) pixels));
        });
    }

    /** @throws DatasetException if the file is not a complete IDX file of labels */
    static byte[] readLabels(Path file) {
        return read(file, (in, fileBytes, gzip) -> {
            requireMagic(file, "labels", LABELS_MAGIC, in.readInt());
            int count = requireSize(file, "labels", in.readInt(), Integer.MAX_VALUE);
            requireFits(file, count, fileBytes - LABELS_HEADER_BYTES, gzip);
            return readRest(file, in, count);
        });
    }

    private interface Content<T> {
        T read(DataInputStream in, long fileBytes, boolean gzip) throws IOException;
    }

    private static <T> T read(Path file, Content<T> content) {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            boolean gzip = startsAsGzip(raw);
            InputStream plain = gzip ? new GZIPInputStream(raw, 1 << 16) : raw;
            return content.read(new DataInputStream(plain), Files.size(file), gzip);
        } catch (NoSuchFileException e) {
            throw new DatasetException(file + ": no such file", e);
        } catch (EOFException e) {
            throw truncated(file, e);
        } catch (ZipException e) {
            throw new DatasetException(file + ": damaged gzip: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DatasetException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean startsAsGzip(InputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip;
    }

    private static void requireMagic(Path file, String what, int expected, int magic) {
        if (magic != expected) {
            throw new DatasetException(String.format(
                    Locale.ROOT,
                    "%s: not an IDX file of %s: it starts with 0x%08x, not 0x%08x",
                    file,
                    what,
                    magic,
                    expected));
        }
    }

    private static int requireSize(Path file, String what, int size, int max) {
        if (size < 1 || size > max) {
            throw new DatasetException("%s: its header says %s %s".formatted(file, Integer.toUnsignedLong(size), what));
        }
        return size;
    }

    /** Checks the data's size against the file's before anything is allocated. */
    private static void requireFits(Path file, long bytes, long storedBytes, boolean gzip) {
        if (bytes > MAX_BYTES) {
            throw new DatasetException(
                    "%s: its header says %s bytes of data, the limit is %s".formatted(file, bytes, MAX_BYTES));
        }
        if (bytes > (gzip ? (storedBytes + IMAGES_HEADER_BYTES) * MAX_DEFLATE_RATIO : storedBytes)) {
            throw truncated(file, null);
        }
    }

    private static byte[] readRest(Path file, InputStream in, int bytes) throws IOException {
        byte[] data = in.readNBytes(bytes);
        if (data.length < bytes) {
            throw truncated(file, null);
        }
        if (in.read() != -1) {
            throw new DatasetException(file + ": more data than its header says");
        }
        return data;
    }

    private static DatasetException truncated(Path file, Throwable cause) {
        return new DatasetException(file + ": truncated, less data than its header says", cause);
    }
}
