package sparsestream.producer.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What is read of Exif metadata: a TIFF file of which only the first directory, and in it one tag, is looked at. */
final class Exif {
    private static final short LITTLE_ENDIAN = 0x4949;
    private static final short BIG_ENDIAN = 0x4D4D;
    private static final short MAGIC = 42;
    private static final int HEADER_BYTES = 8;
    private static final int ENTRY_BYTES = 12;
    private static final short ORIENTATION = 0x0112;
    private static final short SHORT = 3;

    private Exif() {}

    /**
     * How the picture is stored. Like browsers, takes anything that is not a well-formed orientation for none.
     *
     * @param file that contains the TIFF structure from here on, for this many bytes
     */
    static Orientation orientation(byte[] file, int from, int length) {
        ByteBuffer tiff = ByteBuffer.wrap(file, from, length).slice();
        if (length < HEADER_BYTES || !readByteOrder(tiff) || tiff.getShort(2) != MAGIC) {
            return Orientation.TOP_LEFT;
        }
        long directory = Integer.toUnsignedLong(tiff.getInt(4));
        if (directory > length - Short.BYTES) {
            return Orientation.TOP_LEFT;
        }
        tiff.position((int) directory);
        int entries = Short.toUnsignedInt(tiff.getShort());
        for (int i = 0; i < entries && tiff.remaining() >= ENTRY_BYTES; i++) {
            if (tiff.getShort(tiff.position()) == ORIENTATION) {
                return orientation(tiff);
            }
            tiff.position(tiff.position() + ENTRY_BYTES);
        }
        return Orientation.TOP_LEFT;
    }

    private static boolean readByteOrder(ByteBuffer tiff) {
        short order = tiff.getShort(0);
        tiff.order(order == LITTLE_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        return order == LITTLE_ENDIAN || order == BIG_ENDIAN;
    }

    /** Of a directory's entry: tag, type, count and value. */
    private static Orientation orientation(ByteBuffer entry) {
        int at = entry.position();
        int value = entry.getShort(at + 8);
        boolean one = entry.getShort(at + 2) == SHORT && entry.getInt(at + 4) == 1;
        Orientation[] all = Orientation.values();
        return one && value >= 1 && value <= all.length ? all[value - 1] : Orientation.TOP_LEFT;
    }
}
