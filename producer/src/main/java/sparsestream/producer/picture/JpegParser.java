package sparsestream.producer.picture;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;

/**
 * Reads the outside of a JPEG file (ITU-T T.81, annex B): its marker segments, of which only those that make pixels are kept.
 *
 * <p>The first end marker ends the picture: what stands behind it, such as the film of a motion photo, is none of it.
 */
final class JpegParser {
    /** A progressive file has about ten; each goes over the whole image, and may be a few bytes long. */
    private static final int MAX_SCANS = 64;

    private static final int START_OF_IMAGE = 0xD8;
    private static final int END_OF_IMAGE = 0xD9;
    private static final int START_OF_SCAN = 0xDA;
    private static final int JFIF = 0xE0;
    private static final int EXIF = 0xE1;
    private static final int ICC = 0xE2;
    private static final int ADOBE = 0xEE;
    private static final int LAST_APPLICATION = 0xEF;
    private static final int COMMENT = 0xFE;

    private static final byte[] JFIF_NAME = "JFIF\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ADOBE_NAME = "Adobe".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ICC_NAME = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);
    /** A byte of any value follows. */
    private static final byte[] EXIF_NAME = "Exif\0".getBytes(StandardCharsets.US_ASCII);

    private static final int JFIF_BYTES = 14;
    private static final int ADOBE_BYTES = 12;
    private static final int ADOBE_TRANSFORM = 11;

    private static final byte[] STANDARD_TABLES = standardTables();

    private final byte[] file;
    private final ByteBuffer kept;
    private JpegFrame frame;
    private int scans;
    private int componentsInScan;
    private boolean jfif;
    private OptionalInt transform = OptionalInt.empty();
    private Optional<Orientation> orientation = Optional.empty();
    private final IccParts icc = new IccParts();

    JpegParser(byte[] file) {
        this.file = file;
        this.kept = ByteBuffer.allocate(file.length);
    }

    static boolean begins(byte[] file) {
        return file.length >= 3 && file[0] == (byte) 0xFF && file[1] == (byte) START_OF_IMAGE && file[2] == (byte) 0xFF;
    }

    /** @throws UnreadablePictureException if it is cut off, of a kind that is not read, or could keep a processor busy for long */
    Jpeg parse() {
        int at = markerFrom(2);
        while (at < file.length && code(at) != END_OF_IMAGE) {
            at = markerFrom(standsAlone(code(at)) ? at + 2 : afterSegment(at));
        }
        requirePicture(at < file.length);
        return new Jpeg(
                frame.size(),
                JpegColours.of(frame.ids(), jfif, transform),
                orientation.orElse(Orientation.TOP_LEFT),
                icc.profile(),
                essential());
    }

    /** With the tables that baseline files of cameras leave out, which most decoders have, before those of the file. */
    private byte[] essential() {
        ByteBuffer whole = ByteBuffer.allocate(kept.position() + STANDARD_TABLES.length + 4)
                .putShort((short) (0xFF00 | START_OF_IMAGE));
        if (!frame.progressive()) {
            whole.put(STANDARD_TABLES);
        }
        whole.put(kept.flip()).putShort((short) (0xFF00 | END_OF_IMAGE));
        return Arrays.copyOf(whole.array(), whole.position());
    }

    /** A file that ends without saying so is whole only if its one scan is, which its decoder sees. */
    private void requirePicture(boolean ended) {
        boolean oneScan = frame != null && !frame.progressive() && scans == 1 && componentsInScan == frame.ids().length;
        if (!ended && !oneScan) {
            throw new UnreadablePictureException("JPEG is cut off after " + file.length + " bytes");
        }
        if (scans == 0) {
            throw new UnreadablePictureException("JPEG has no pixels");
        }
    }

    /** Where the next marker stands, past bytes that belong to nothing; the file's length if there is none. */
    private int markerFrom(int from) {
        for (int at = from; at + 1 < file.length; at++) {
            if (file[at] == (byte) 0xFF && code(at) != 0 && code(at) != 0xFF) {
                return at;
            }
        }
        return file.length;
    }

    private int code(int marker) {
        return file[marker + 1] & 0xFF;
    }

    private static boolean isRestart(int code) {
        return code >= 0xD0 && code <= 0xD7;
    }

    private static boolean standsAlone(int code) {
        return isRestart(code) || code == 0x01;
    }

    /** Reads the segment of this marker, and returns where it ends. */
    private int afterSegment(int marker) {
        int code = code(marker);
        int from = marker + 4;
        int length = from > file.length ? 0 : ((file[marker + 2] & 0xFF) << 8) | (file[marker + 3] & 0xFF);
        int end = marker + 2 + length;
        if (code < 0xC0 || code == START_OF_IMAGE || length < 2 || end > file.length) {
            throw damaged(marker);
        }
        if (code == START_OF_SCAN) {
            return afterScan(marker, end);
        }
        if (code >= JFIF && code <= LAST_APPLICATION) {
            if (scans == 0) {
                application(code, Arrays.copyOfRange(file, from, end));
            }
        } else if (code != COMMENT) {
            if (JpegFrame.begins(code)) {
                frame(code, Arrays.copyOfRange(file, from - 2, end));
            }
            keep(marker, end);
        }
        return end;
    }

    /** A segment of the Huffman tables in ITU-T T.81, section K.3. */
    private static byte[] standardTables() {
        ByteBuffer tables = ByteBuffer.allocate(512).putInt(0xFFC4_0000);
        put(tables, 0x00, JPEGHuffmanTable.StdDCLuminance);
        put(tables, 0x01, JPEGHuffmanTable.StdDCChrominance);
        put(tables, 0x10, JPEGHuffmanTable.StdACLuminance);
        put(tables, 0x11, JPEGHuffmanTable.StdACChrominance);
        tables.putShort(2, (short) (tables.position() - 2));
        return Arrays.copyOf(tables.array(), tables.position());
    }

    private static void put(ByteBuffer tables, int destination, JPEGHuffmanTable table) {
        tables.put((byte) destination);
        short[] lengths = Arrays.copyOf(table.getLengths(), 16);
        for (short length : lengths) {
            tables.put((byte) length);
        }
        for (short value : table.getValues()) {
            tables.put((byte) value);
        }
    }

    private void frame(int code, byte[] segment) {
        if (frame != null) {
            throw new UnreadablePictureException("JPEG has more than one header");
        }
        frame = JpegFrame.of(code, segment);
    }

    private int afterScan(int marker, int header) {
        componentsInScan = header - marker > 4 ? file[marker + 4] : 0;
        if (frame == null || componentsInScan < 1 || header - marker != 8 + 2 * componentsInScan) {
            throw damaged(marker);
        }
        if (++scans > MAX_SCANS) {
            throw new UnreadablePictureException("JPEG has more than " + MAX_SCANS + " scans");
        }
        int end = markerFrom(header);
        while (end < file.length && isRestart(code(end))) {
            end = markerFrom(end + 2);
        }
        keep(marker, header);
        if (!frame.progressive()) {
            // These say nothing here, some writers leave them 0, and the decoder would warn of that and not of what
            // comes later.
            kept.position(kept.position() - 3).put((byte) 0).put((byte) 63).put((byte) 0);
        }
        keep(header, end);
        return end;
    }

    /** What stands before the pixels and tells how they are shown. */
    private void application(int code, byte[] data) {
        if (code == JFIF && begins(data, JFIF_NAME, JFIF_BYTES)) {
            jfif = true;
        } else if (code == ADOBE && begins(data, ADOBE_NAME, ADOBE_BYTES)) {
            transform = OptionalInt.of(data[ADOBE_TRANSFORM] & 0xFF);
        } else if (code == EXIF && orientation.isEmpty() && begins(data, EXIF_NAME, EXIF_NAME.length + 1)) {
            int from = EXIF_NAME.length + 1;
            orientation = Optional.of(Exif.orientation(data, from, data.length - from));
        } else if (code == ICC && begins(data, ICC_NAME, ICC_NAME.length)) {
            icc.add(Arrays.copyOfRange(data, ICC_NAME.length, data.length));
        }
    }

    private static boolean begins(byte[] data, byte[] name, int length) {
        return data.length >= length && Arrays.equals(data, 0, name.length, name, 0, name.length);
    }

    private void keep(int from, int to) {
        kept.put(file, from, to - from);
    }

    private static UnreadablePictureException damaged(int at) {
        return new UnreadablePictureException("JPEG is damaged or cut off at byte " + at);
    }
}
