package sparsestream.model.evaluation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * ADWIN2 (Bifet and Gavaldà, 2007): a window of the last values that drops its older part whenever two parts have means that differ
 * by more than chance allows,
 *
 * <pre>
 *   |μ₀ − μ₁| &gt; √(2/m · σ² · ln(2/δ')) + 2/(3m) · ln(2/δ'),   1/m = 1/n₀ + 1/n₁,   δ' = δ / ln n
 * </pre>
 *
 * Values should vary by no more than about 1. The window is kept as an exponential histogram: at most {@value #BUCKETS} buckets of
 * each power of two, so that a window of n values takes O(log n) memory. Every {@value #CLOCK} values it is looked for a cut.
 */
public final class Adwin {
    private static final int BUCKETS = 5;
    private static final int CLOCK = 32;
    private static final int MIN_WINDOW = 10;
    private static final int MIN_PART = 5;

    /** Of {@code 2^level} values. */
    private record Bucket(int level, double sum, double squares) {
        double count() {
            return (double) (1L << level);
        }

        /** {@code squares} is Σ (x − mean)², of the two together. */
        Bucket merge(Bucket other) {
            double difference = sum / count() - other.sum / other.count();
            return new Bucket(
                    level + 1,
                    sum + other.sum,
                    squares + other.squares + difference * difference * count() * other.count() / (2 * count()));
        }
    }

    private final double delta;
    /** From the newest to the oldest; levels do not fall. */
    private List<Bucket> buckets = new ArrayList<>();

    private long ticks;

    /** @param delta δ in (0, 1), the chance of a false cut at a time */
    public Adwin(double delta) {
        if (!(delta > 0 && delta < 1)) {
            throw new IllegalArgumentException("ADWIN's delta must be between 0 and 1, got " + delta);
        }
        this.delta = delta;
    }

    /** For ln(loss), which varies by less than 1 once a model has learned a little. */
    public static Adwin ofLogLoss() {
        return new Adwin(0.002);
    }

    /** Takes the next value; returns whether the window was cut and what is left has a higher mean than what was dropped. */
    public boolean add(double x) {
        buckets.add(0, new Bucket(0, x, 0));
        compress();
        ticks++;
        boolean risen = false;
        if (ticks % CLOCK == 0 && width() > MIN_WINDOW) {
            for (double rise = cut(); !Double.isNaN(rise); rise = cut()) {
                risen |= rise > 0;
            }
        }
        return risen;
    }

    /** Merges the two oldest of a level that has more than {@value #BUCKETS} into one of the next. */
    private void compress() {
        int level = 0;
        int begin = 0;
        while (begin < buckets.size()) {
            int end = begin;
            while (end < buckets.size() && buckets.get(end).level() == level) {
                end++;
            }
            if (end - begin <= BUCKETS) {
                return;
            }
            Bucket oldest = buckets.remove(end - 1);
            buckets.set(end - 2, oldest.merge(buckets.get(end - 2)));
            begin = end - 2;
            level++;
        }
    }

    /**
     * Drops the oldest bucket if any cut of the window shows a change.
     *
     * @return by how much the mean has risen at that cut; not a number if there is no such cut
     */
    private double cut() {
        double n = width();
        double total = total();
        double variance = variance(n, total);
        double logarithm = StrictMath.log(2 * StrictMath.log(n) / delta);
        double oldCount = 0;
        double oldSum = 0;
        Deque<Bucket> oldestFirst = new ArrayDeque<>();
        buckets.forEach(oldestFirst::addFirst);
        for (Bucket bucket : oldestFirst) {
            oldCount += bucket.count();
            oldSum += bucket.sum();
            double newCount = n - oldCount;
            if (newCount < MIN_PART) {
                return Double.NaN;
            }
            if (oldCount >= MIN_PART) {
                double inverse = 1 / oldCount + 1 / newCount;
                double bound = Math.sqrt(2 * inverse * variance * logarithm) + 2.0 / 3 * inverse * logarithm;
                double rise = (total - oldSum) / newCount - oldSum / oldCount;
                if (Math.abs(rise) > bound) {
                    buckets.remove(buckets.size() - 1);
                    return rise;
                }
            }
        }
        return Double.NaN;
    }

    private double variance(double n, double total) {
        double mean = total / n;
        double sum = 0;
        for (Bucket bucket : buckets) {
            double difference = bucket.sum() / bucket.count() - mean;
            sum += bucket.squares() + difference * difference * bucket.count();
        }
        return sum / n;
    }

    private double total() {
        return buckets.stream().mapToDouble(Bucket::sum).sum();
    }

    /** Number of values in the window. */
    public long width() {
        return (long) buckets.stream().mapToDouble(Bucket::count).sum();
    }

    /** Mean of the values in the window; not a number if it is empty. */
    public double mean() {
        return total() / width();
    }

    /** All that the next cuts depend on. */
    public double[] state() {
        double[] state = new double[1 + 3 * buckets.size()];
        state[0] = ticks;
        for (int i = 0; i < buckets.size(); i++) {
            state[1 + 3 * i] = buckets.get(i).level();
            state[2 + 3 * i] = buckets.get(i).sum();
            state[3 + 3 * i] = buckets.get(i).squares();
        }
        return state;
    }

    /**
     * Goes back to a {@link #state}.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public void restore(double[] state) {
        if (state.length % 3 != 1) {
            throw new IllegalArgumentException("a state of ADWIN can't have " + state.length + " numbers");
        }
        ticks = (long) state[0];
        buckets = new ArrayList<>();
        for (int i = 1; i < state.length; i += 3) {
            if (!(state[i] >= 0 && state[i] < 62)) {
                throw new IllegalArgumentException("a bucket of ADWIN can't have the level " + state[i]);
            }
            buckets.add(new Bucket((int) state[i], state[i + 1], state[i + 2]));
        }
    }
}
