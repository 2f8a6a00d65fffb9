package sparsestream.model.evaluation;

/**
 * What a {@link Classifier} sees in some images.
 *
 * @param values [count, width], row-major
 * @param classes [count], the likeliest class of each
 */
public record Features(int count, int width, float[] values, int[] classes) {
    /** Images are always taken in blocks of this size, so that the bits do not depend on how many there are. */
    static final int ROWS = 128;

    /** Images that are made when they are needed. */
    @FunctionalInterface
    interface Source {
        /** Writes images {@code [first, first + rows)} as intensities in [0, 1] to the beginning of {@code to}. */
        void fill(int first, int rows, float[] to);
    }

    public Features {
        if (count < 1 || width < 1 || values.length != (long) count * width || classes.length != count) {
            throw new IllegalArgumentException(count + " images with " + width + " features each can't have "
                    + values.length + " and " + classes.length + " classes");
        }
    }

    /** Of the images {@code [from, to)} alone; a copy. */
    public Features range(int from, int to) {
        return new Features(
                to - from,
                width,
                java.util.Arrays.copyOfRange(values, from * width, to * width),
                java.util.Arrays.copyOfRange(classes, from, to));
    }

    /** The same images in an order that the seed decides; a copy. A dataset's own order may mean something. */
    public Features shuffled(long seed) {
        java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
        Features shuffled = new Features(count, width, new float[count * width], new int[count]);
        // From the inside out: image i goes to a random place j among those taken so far, and what was there moves to
        // i.
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            shuffled.put(i, shuffled, j);
            shuffled.put(j, this, i);
        }
        return shuffled;
    }

    private void put(int to, Features from, int image) {
        System.arraycopy(from.values, image * width, values, to * width, width);
        classes[to] = from.classes[image];
    }
}
