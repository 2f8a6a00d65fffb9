package sparsestream.producer.ingest;

import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * An image that waits in the state store.
 *
 * @param number of the image in its stream, from 0: one that is lower than the stream's position has left already
 */
record HeldImage(long number, GreyImage image) {
    private static final int HEADER_BYTES = Long.BYTES + 3 * Short.BYTES;
    private static final short NO_LABEL = -1;

    /** Big-endian number, height, width and label, or -1, of 8, 2, 2 and 2 bytes; then the pixels. */
    byte[] encode() {
        return ByteBuffer.allocate(HEADER_BYTES + image.pixels().length)
                .putLong(number)
                .putShort((short) image.height())
                .putShort((short) image.width())
                .putShort((short) image.label().orElse(NO_LABEL))
                .put(image.pixels())
                .array();
    }

    static HeldImage decode(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        long number = in.getLong();
        int height = in.getShort();
        int width = in.getShort();
        int label = in.getShort();
        byte[] pixels = new byte[in.remaining()];
        in.get(pixels);
        OptionalInt known = label == NO_LABEL ? OptionalInt.empty() : OptionalInt.of(label);
        return new HeldImage(number, new GreyImage(height, width, pixels, known));
    }
}
