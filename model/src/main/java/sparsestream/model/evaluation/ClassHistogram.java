package sparsestream.model.evaluation;

/**
 * How many images of each class there are, as a classifier sees them. A generator that has collapsed makes a few classes only.
 *
 * @param counts [classes]
 */
public record ClassHistogram(long[] counts) {
    /** A class with at least this share of the images is covered. */
    public static final double COVERED_SHARE = 0.01;

    public static ClassHistogram of(Features features, int classes) {
        long[] counts = new long[classes];
        for (int c : features.classes()) {
            counts[c]++;
        }
        return new ClassHistogram(counts);
    }

    private long total() {
        return java.util.Arrays.stream(counts).sum();
    }

    /** Share of the images that the rarest class has. */
    public double smallestShare() {
        return (double) java.util.Arrays.stream(counts).min().orElseThrow() / total();
    }

    /** Classes with at least {@link #COVERED_SHARE} of the images. */
    public int covered() {
        double least = COVERED_SHARE * total();
        return (int) java.util.Arrays.stream(counts).filter(n -> n >= least).count();
    }

    /**
     * KL(p ‖ q) = Σ_c p_c log(p_c / q_c) of these classes' shares p against those of {@code reference}, in nats. To each of the
     * reference's counts 1 is added, so that a class that it lacks costs much, but not infinitely much.
     *
     * @throws IllegalArgumentException if the reference has another number of classes
     */
    public double klDivergence(ClassHistogram reference) {
        if (reference.counts.length != counts.length) {
            throw new IllegalArgumentException(counts.length + " classes against " + reference.counts.length);
        }
        double total = total();
        double referenceTotal = reference.total() + reference.counts.length;
        double sum = 0;
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] > 0) {
                double p = counts[c] / total;
                sum += p * StrictMath.log(p * referenceTotal / (reference.counts[c] + 1));
            }
        }
        return Math.max(0, sum);
    }
}
