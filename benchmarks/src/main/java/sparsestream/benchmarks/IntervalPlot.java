package sparsestream.benchmarks;

import java.util.Locale;
import java.util.Map;

/** A drawing of one measure of several variants: a dot for the mean and a line for the interval of each. */
final class IntervalPlot {
    private static final int WIDTH = 640;
    private static final int ROW = 26;
    private static final int LABELS = 150;
    private static final int MARGIN = 40;

    private IntervalPlot() {}

    /** The first measure of each row, as SVG. */
    static String svg(Map<String, Map<String, Interval>> rows) {
        String measure = rows.values().iterator().next().keySet().iterator().next();
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Map<String, Interval> row : rows.values()) {
            Interval interval = row.get(measure);
            low = Math.min(low, interval.mean() - half(interval));
            high = Math.max(high, interval.mean() + half(interval));
        }
        int height = ROW * rows.size() + 2 * MARGIN;
        StringBuilder svg = new StringBuilder();
        svg.append(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='13'>%n"
                        .formatted(WIDTH, height));
        svg.append("<rect width='100%' height='100%' fill='white'/>").append(System.lineSeparator());
        line(svg, "<text x='%d' y='20'>%s, mean and 95 %% confidence interval</text>", LABELS, measure);
        int y = MARGIN;
        double scale = (WIDTH - LABELS - MARGIN) / Math.max(high - low, 1e-9);
        for (Map.Entry<String, Map<String, Interval>> row : rows.entrySet()) {
            Interval interval = row.getValue().get(measure);
            double x = LABELS + (interval.mean() - low) * scale;
            double reach = half(interval) * scale;
            line(svg, "<text x='%d' y='%d' text-anchor='end'>%s</text>", LABELS - 12, y + 5, row.getKey());
            line(svg, "<path d='M%.1f %d H%.1f' stroke='#456' stroke-width='2'/>", x - reach, y, x + reach);
            line(svg, "<circle cx='%.1f' cy='%d' r='4' fill='#246'/>", x, y);
            y += ROW;
        }
        line(svg, "<text x='%d' y='%d'>%.4g</text>", LABELS, y + 12, low);
        line(svg, "<text x='%d' y='%d' text-anchor='end'>%.4g</text>", WIDTH - MARGIN, y + 12, high);
        return svg.append("</svg>").append(System.lineSeparator()).toString();
    }

    private static double half(Interval interval) {
        return Double.isNaN(interval.half()) ? 0 : interval.half();
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
