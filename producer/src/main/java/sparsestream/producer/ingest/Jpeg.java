package sparsestream.producer.ingest;

import java.nio.ByteBuffer;

/** The outside of a JPEG file (ITU-T T.81, annex B): its marker segments, of which only those that make pixels are kept. */
final class Jpeg {
    /** A progressive file has about ten; each goes over the whole image, and may be a few bytes long. */
    private static final int MAX_SCANS = 64;

    private static final int START_OF_IMAGE = 0xFFD8;
    private static final int START_OF_SCAN = 0xFFDA;
    private static final int COMMENT = 0xFFFE;
    private static final int JFIF = 0xFFE0;
    /** Tells the colour transform. */
    private static final int ADOBE = 0xFFEE;

    private Jpeg() {}

    static boolean begins(byte[] file) {
        return file.length >= 3 && ByteBuffer.wrap(file).getShort() == (short) START_OF_IMAGE && file[2] == (byte) 0xFF;
    }

    /**
     * The file without what its pixels do not need.
     *
     * @throws RefusedImageException if it is cut off before its pixels, or could keep a processor busy for long
     */
    static EncodedImage read(byte[] file) {
        requireFewScans(file);
        ByteBuffer in = ByteBuffer.wrap(file);
        ByteBuffer kept = ByteBuffer.allocate(file.length).putShort(in.getShort());
        int width = 0;
        int height = 0;
        while (true) {
            int start = in.position();
            if (in.remaining() < 4) {
                throw new RefusedImageException("JPEG is cut off after " + file.length + " bytes");
            }
            int marker = Short.toUnsignedInt(in.getShort(start));
            if (marker == 0xFFFF) {
                in.position(start + 1); // Fill bytes may stand before any marker.
                continue;
            }
            if (marker == START_OF_SCAN) {
                break;
            }
            int length = Short.toUnsignedInt(in.getShort(start + 2));
            if (marker < 0xFFC0 || length < 2 || length > in.remaining() - 2) {
                throw new RefusedImageException("JPEG is damaged or cut off at byte " + start);
            }
            if (isFrame(marker) && length >= 8) {
                height = Short.toUnsignedInt(in.getShort(start + 5));
                width = Short.toUnsignedInt(in.getShort(start + 7));
            }
            if (!isForeign(marker)) {
                kept.put(file, start, length + 2);
            }
            in.position(start + 2 + length);
        }
        kept.put(in);
        byte[] essential = new byte[kept.position()];
        kept.flip().get(essential);
        return new EncodedImage("jpeg", width, height, essential);
    }

    private static void requireFewScans(byte[] file) {
        int scans = 0;
        for (int i = 0; i + 1 < file.length; i++) {
            if (file[i] == (byte) 0xFF && file[i + 1] == (byte) START_OF_SCAN) {
                scans++;
            }
        }
        if (scans > MAX_SCANS) {
            throw new RefusedImageException("JPEG has %s scans, more than %s".formatted(scans, MAX_SCANS));
        }
    }

    /** Start of frame; between them stand the tables of Huffman and arithmetic coding. */
    private static boolean isFrame(int marker) {
        return marker >= 0xFFC0 && marker <= 0xFFCF && marker != 0xFFC4 && marker != 0xFFC8 && marker != 0xFFCC;
    }

    private static boolean isForeign(int marker) {
        boolean application = marker >= JFIF && marker <= 0xFFEF;
        return marker == COMMENT || (application && marker != JFIF && marker != ADOBE);
    }
}
