package sparsestream.producer.picture;

import java.util.Arrays;

/**
 * What a JPEG's frame header says (ITU-T T.81, section B.2.2).
 *
 * @param ids of the components
 */
record JpegFrame(Size size, boolean progressive, byte[] ids) {
    private static final int PROGRESSIVE = 0xC2;
    private static final int LOSSLESS = 0xC3;
    private static final int FIRST_ARITHMETIC = 0xC9;
    private static final int HEADER_BYTES = 8;
    private static final int COMPONENT_BYTES = 3;

    /** Start of frame; between them stand the tables of Huffman and arithmetic coding. */
    static boolean begins(int code) {
        return code >= 0xC0 && code <= 0xCF && code != 0xC4 && code != 0xC8 && code != 0xCC;
    }

    /**
     * @param code of the marker
     * @param segment from its length on
     * @throws UnreadablePictureException if it is none that every Java runtime reads
     */
    static JpegFrame of(int code, byte[] segment) {
        requireHuffmanDct(code);
        int components = segment.length < HEADER_BYTES ? 0 : segment[7] & 0xFF;
        if (segment.length != HEADER_BYTES + COMPONENT_BYTES * components) {
            throw new UnreadablePictureException("JPEG has a damaged frame header");
        }
        if (segment[2] != 8) {
            throw new UnreadablePictureException(
                    "JPEG has samples of " + (segment[2] & 0xFF) + " bits; only 8 are read");
        }
        if (components != 1 && components != 3 && components != 4) {
            throw new UnreadablePictureException(
                    "JPEG has " + components + " components; only grey, colour and CMYK are read");
        }
        byte[] ids = new byte[components];
        for (int i = 0; i < components; i++) {
            ids[i] = segment[HEADER_BYTES + COMPONENT_BYTES * i];
        }
        requireDistinct(ids);
        return new JpegFrame(new Size(unsigned(segment, 5), unsigned(segment, 3)), code == PROGRESSIVE, ids);
    }

    /** Whether a runtime decodes more than that depends on the library that it was built with. */
    private static void requireHuffmanDct(int code) {
        if (code >= FIRST_ARITHMETIC) {
            throw new UnreadablePictureException("JPEG has arithmetic coding, which is not read");
        }
        if (code > PROGRESSIVE) {
            throw new UnreadablePictureException(
                    "JPEG is %s, which is not read".formatted(code == LOSSLESS ? "lossless" : "hierarchical"));
        }
    }

    private static void requireDistinct(byte[] ids) {
        byte[] sorted = ids.clone();
        Arrays.sort(sorted);
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] == sorted[i - 1]) {
                throw new UnreadablePictureException("JPEG has two components of one number");
            }
        }
    }

    private static int unsigned(byte[] bytes, int at) {
        return ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
    }
}
