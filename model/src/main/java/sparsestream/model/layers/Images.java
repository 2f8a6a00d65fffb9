package sparsestream.model.layers;

/** Grey images as bytes and as numbers between 0 and 1. */
public final class Images {
    private static final float[] LEVELS = new float[256];

    static {
        for (int i = 0; i < LEVELS.length; i++) {
            LEVELS[i] = i / 255f;
        }
    }

    private Images() {}

    public static void check(byte[] images, int count, int pixels) {
        if (count < 1 || images.length != (long) count * pixels) {
            throw new IllegalArgumentException(
                    count + " images of " + pixels + " pixels can't be " + images.length + " bytes");
        }
    }

    /** Writes images {@code [from, to)} to the same rows, moved by {@code rowOffset}, of a matrix, both sides. */
    public static void toMatrix(byte[] images, int from, int to, Matrix matrix, int rowOffset) {
        int first = from * matrix.cols;
        toFloats(images, first, matrix.values, first + rowOffset * matrix.cols, (to - from) * matrix.cols);
        matrix.push(rowOffset + from, rowOffset + to);
    }

    public static void toFloats(byte[] images, int from, float[] levels, int to, int count) {
        for (int i = 0; i < count; i++) {
            levels[to + i] = LEVELS[images[from + i] & 0xff];
        }
    }
}
