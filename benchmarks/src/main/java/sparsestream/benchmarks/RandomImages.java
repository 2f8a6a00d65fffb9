package sparsestream.benchmarks;

import java.util.SplittableRandom;

/** Batches of noise as they would come from a topic, eight in turn, so that no engine can keep one in a cache of its own. */
final class RandomImages {
    private static final int BATCHES = 8;

    private final byte[][] batches;
    private final float[] floats;
    private int next;

    RandomImages(int batch) {
        SplittableRandom random = new SplittableRandom(1);
        batches = new byte[BATCHES][batch * Architecture.PIXELS];
        for (byte[] images : batches) {
            random.nextBytes(images);
        }
        floats = new float[batch * Architecture.PIXELS];
    }

    /** [batch, pixels] U8. */
    byte[] nextBytes() {
        next = (next + 1) % BATCHES;
        return batches[next];
    }

    /** [batch, pixels] between 0 and 1; the same array each time. */
    float[] nextFloats() {
        toFloats(nextBytes(), floats);
        return floats;
    }

    static void toFloats(byte[] bytes, float[] floats) {
        for (int i = 0; i < bytes.length; i++) {
            floats[i] = (bytes[i] & 0xff) * (1f / 255f);
        }
    }
}
