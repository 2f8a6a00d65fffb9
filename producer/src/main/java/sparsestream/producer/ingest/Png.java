package sparsestream.producer.ingest;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.zip.CRC32;

/** The outside of a PNG file (ISO/IEC 15948): its chunks, of which only those that make pixels are kept. */
final class Png {
    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int IHDR = 0x49484452;
    private static final int IEND = 0x49454E44;
    /** IHDR, PLTE, tRNS, IDAT, IEND: text and profiles are compressed too, and could unpack to anything. */
    private static final Set<Integer> PIXELS = Set.of(IHDR, 0x504C5445, 0x74524E53, 0x49444154, IEND);
    /** Length, type and CRC. */
    private static final int CHUNK_FRAME_BYTES = 12;

    private static final int IHDR_BYTES = 13;

    private Png() {}

    static boolean begins(byte[] file) {
        return file.length >= Long.BYTES && ByteBuffer.wrap(file).getLong() == SIGNATURE;
    }

    /**
     * The file without what its pixels do not need.
     *
     * @throws RefusedImageException if a chunk is cut off or damaged
     */
    static EncodedImage read(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file);
        ByteBuffer kept = ByteBuffer.allocate(file.length).putLong(in.getLong());
        int width = 0;
        int height = 0;
        for (int type = 0; type != IEND; ) {
            if (in.remaining() < CHUNK_FRAME_BYTES) {
                throw new RefusedImageException("PNG is cut off after " + file.length + " bytes");
            }
            int start = in.position();
            int length = in.getInt(start);
            int previous = type;
            type = in.getInt(start + 4);
            if (length < 0 || length > in.remaining() - CHUNK_FRAME_BYTES) {
                throw new RefusedImageException("PNG is cut off after " + file.length + " bytes");
            }
            if ((previous == 0) != (type == IHDR) || (type == IHDR && length != IHDR_BYTES)) {
                throw new RefusedImageException("PNG does not begin with its header");
            }
            if (type == IHDR) {
                width = in.getInt(start + 8);
                height = in.getInt(start + 12);
            }
            int end = start + CHUNK_FRAME_BYTES + length;
            if (PIXELS.contains(type)) {
                requireIntact(file, start + 4, length + 4, in.getInt(end - 4));
                kept.put(file, start, end - start);
            }
            in.position(end);
        }
        byte[] essential = new byte[kept.position()];
        kept.flip().get(essential);
        return new EncodedImage("png", width, height, essential);
    }

    private static void requireIntact(byte[] file, int from, int length, int expected) {
        CRC32 crc = new CRC32();
        crc.update(file, from, length);
        if ((int) crc.getValue() != expected) {
            throw new RefusedImageException("PNG is damaged: wrong checksum at byte " + from);
        }
    }
}
