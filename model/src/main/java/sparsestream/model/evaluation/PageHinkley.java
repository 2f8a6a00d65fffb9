package sparsestream.model.evaluation;

/**
 * Page-Hinkley test (Page, 1954; Hinkley, 1971) for a rise of a mean, against a mean that fades (Gama, Sebastião and Rodrigues, 2013,
 * section 4.2), so that a loss that falls while a model learns does not hide a later rise:
 *
 * <pre>
 *   m ← m + x − x̄ − δ      M ← min(M, m)      alarm when m − M &gt; threshold
 * </pre>
 *
 * After an alarm it begins anew.
 */
public final class PageHinkley {
    /** Values before which no alarm is raised. */
    public static final int MIN_VALUES = 30;

    private final double delta;
    private final double threshold;
    private final double alpha;
    private FadingAverage mean;
    private long count;
    private double sum;
    private double minimum;

    /**
     * @param delta δ ≥ 0, rises smaller than which do not matter
     * @param threshold λ &gt; 0
     * @param alpha fading factor of the mean
     */
    public PageHinkley(double delta, double threshold, double alpha) {
        if (!(delta >= 0) || !(threshold > 0)) {
            throw new IllegalArgumentException("Page-Hinkley needs a delta of at least 0 and a threshold above 0, got "
                    + delta + " and " + threshold);
        }
        this.delta = delta;
        this.threshold = threshold;
        this.alpha = alpha;
        reset();
    }

    /**
     * For ln(loss), whose noise from batch to batch is about 0.02 for a VAE: rises by less than half a per cent do not matter, and ten
     * batches that are worse by 5 % raise an alarm.
     */
    public static PageHinkley ofLogLoss() {
        return new PageHinkley(0.005, 0.5, FadingAverage.DEFAULT_ALPHA);
    }

    private void reset() {
        mean = FadingAverage.empty(alpha);
        count = 0;
        sum = 0;
        minimum = 0;
    }

    /** Takes the next value; returns whether it raises an alarm. */
    public boolean add(double x) {
        count++;
        mean = mean.plus(x);
        sum += x - mean.estimate() - delta;
        minimum = Math.min(minimum, sum);
        if (count < MIN_VALUES || sum - minimum <= threshold) {
            return false;
        }
        reset();
        return true;
    }

    /** All that the next alarms depend on. */
    public double[] state() {
        return new double[] {count, sum, minimum, mean.sum(), mean.weight()};
    }

    /**
     * Goes back to a {@link #state}.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public void restore(double[] state) {
        if (state.length != 5) {
            throw new IllegalArgumentException("the state of Page-Hinkley has 5 numbers, got " + state.length);
        }
        count = (long) state[0];
        sum = state[1];
        minimum = state[2];
        mean = new FadingAverage(alpha, state[3], state[4]);
    }
}
