package sparsestream.benchmarks;

import java.util.Locale;
import java.util.Map;

/** A drawing of some measures of several variants: a dot for the mean and a line for the interval of each. */
final class IntervalPlot {
    private static final int WIDTH = 640;
    private static final int ROW = 24;
    private static final int LABELS = 150;
    private static final int MARGIN = 40;

    private IntervalPlot() {}

    /** SVG of intervals by measure and variant, the measures one below the other. */
    static String svg(Map<String, Map<String, Interval>> measures) {
        StringBuilder panels = new StringBuilder();
        int height = 0;
        for (Map.Entry<String, Map<String, Interval>> measure : measures.entrySet()) {
            line(panels, "<g transform='translate(0 %d)'>", height);
            panel(panels, measure.getKey(), measure.getValue());
            line(panels, "</g>");
            height += ROW * measure.getValue().size() + 2 * MARGIN;
        }
        StringBuilder svg = new StringBuilder();
        line(
                svg,
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='13'>",
                WIDTH,
                height);
        line(svg, "<rect width='100%%' height='100%%' fill='white'/>");
        return svg.append(panels)
                .append("</svg>")
                .append(System.lineSeparator())
                .toString();
    }

    private static void panel(StringBuilder svg, String measure, Map<String, Interval> rows) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Interval interval : rows.values()) {
            low = Math.min(low, interval.mean() - half(interval));
            high = Math.max(high, interval.mean() + half(interval));
        }
        line(svg, "<text x='%d' y='20'>%s, mean and 95 %% confidence interval</text>", LABELS, measure);
        int y = MARGIN;
        double scale = (WIDTH - LABELS - MARGIN) / Math.max(high - low, 1e-9);
        for (Map.Entry<String, Interval> row : rows.entrySet()) {
            Interval interval = row.getValue();
            double x = LABELS + (interval.mean() - low) * scale;
            double reach = half(interval) * scale;
            line(svg, "<text x='%d' y='%d' text-anchor='end'>%s</text>", LABELS - 12, y + 5, row.getKey());
            line(svg, "<path d='M%.1f %d H%.1f' stroke='#456' stroke-width='2'/>", x - reach, y, x + reach);
            line(svg, "<circle cx='%.1f' cy='%d' r='4' fill='#246'/>", x, y);
            y += ROW;
        }
        line(svg, "<text x='%d' y='%d'>%.4g</text>", LABELS, y + 8, low);
        line(svg, "<text x='%d' y='%d' text-anchor='end'>%.4g</text>", WIDTH - MARGIN, y + 8, high);
    }

    private static double half(Interval interval) {
        return Double.isNaN(interval.half()) ? 0 : interval.half();
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
