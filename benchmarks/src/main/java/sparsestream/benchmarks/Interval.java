package sparsestream.benchmarks;

import java.util.Locale;
import org.hipparchus.distribution.continuous.TDistribution;
import org.hipparchus.stat.descriptive.StreamingStatistics;

/**
 * Mean of some runs with its 95 % confidence interval by Student's t.
 *
 * @param half of the interval's width; not a number for a single run
 */
record Interval(double mean, double half) {
    static Interval of(double... values) {
        StreamingStatistics statistics = new StreamingStatistics();
        for (double value : values) {
            statistics.addValue(value);
        }
        int n = values.length;
        double half = n < 2
                ? Double.NaN
                : new TDistribution(n - 1.0).inverseCumulativeProbability(0.975)
                        * statistics.getStandardDeviation()
                        / Math.sqrt(n);
        return new Interval(statistics.getMean(), half);
    }

    @Override
    public String toString() {
        String number = Math.abs(mean) >= 1000 ? "%.0f" : Math.abs(mean) >= 10 ? "%.1f" : "%.2f";
        return Double.isNaN(half)
                ? String.format(Locale.ROOT, number, mean)
                : String.format(Locale.ROOT, number + " ± " + number, mean, half);
    }
}
