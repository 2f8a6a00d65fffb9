package sparsestream.monitoring.dashboards;

import java.util.List;

/**
 * One panel.
 *
 * @param kind {@code stat} or {@code timeseries}, as Grafana calls them
 * @param description what it shows and what to think of it
 * @param unit as Grafana calls it, such as {@code s} or {@code percentunit}
 * @param thresholds from low to high; the first is the colour of all below the second
 */
record Panel(
        String kind, String title, String description, String unit, List<Threshold> thresholds, List<Query> queries) {
    /** A colour for values from so much on. */
    record Threshold(double from, String color) {}

    /** An expression, and how its series are called. */
    record Query(String expression, String legend) {}

    static final List<Threshold> NONE = List.of(new Threshold(Double.NEGATIVE_INFINITY, "blue"));

    /** A big number. */
    static Panel stat(String title, String unit, List<Threshold> thresholds, Query query, String description) {
        return new Panel("stat", title, description, unit, thresholds, List.of(query));
    }

    /** Lines over time. */
    static Panel lines(String title, String unit, String description, Query... queries) {
        return new Panel("timeseries", title, description, unit, NONE, List.of(queries));
    }

    /** The same with a line where it becomes bad. */
    Panel badFrom(double limit) {
        return new Panel(kind, title, description, unit, highIsBad(limit, limit), queries);
    }

    static List<Threshold> highIsBad(double warning, double bad) {
        return scale("green", warning, bad, "red");
    }

    static List<Threshold> lowIsBad(double bad, double good) {
        return scale("red", bad, good, "green");
    }

    private static List<Threshold> scale(String low, double middle, double high, String highest) {
        Threshold first = new Threshold(Double.NEGATIVE_INFINITY, low);
        return middle == high
                ? List.of(first, new Threshold(high, highest))
                : List.of(first, new Threshold(middle, "yellow"), new Threshold(high, highest));
    }

    static Query query(String expression, String legend) {
        return new Query(expression, legend);
    }
}
