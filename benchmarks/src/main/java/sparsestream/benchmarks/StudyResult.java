package sparsestream.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** What the runs of a study came to: of each variant and measure a figure for each seed. The first variant is what others differ from. */
final class StudyResult {
    /** Measures that claims are about come first, and are drawn. */
    private static final int CLAIMS = 4;

    private final Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();

    /** Takes the measures of one variant's next seed. */
    void add(String variant, Map<String, Double> measured) {
        Map<String, List<Double>> row = values.computeIfAbsent(variant, any -> new LinkedHashMap<>());
        measured.forEach((measure, value) ->
                row.computeIfAbsent(measure, any -> new ArrayList<>()).add(value));
    }

    /** Means, and differences from the first variant seed by seed, each with its interval. */
    String markdown(String name) {
        return """
                # %s

                Means with their 95 %% confidence intervals:

                %s

                Differences from the first row, seed by seed; those that are beyond chance, each by itself, are bold:

                %s

                ![The same as a drawing](%s.svg)
                """.formatted(name, table(Integer.MAX_VALUE, this::mean), table(CLAIMS, this::difference), name);
    }

    /** The measures that claims are about. */
    String svg() {
        Map<String, Map<String, Interval>> means = new LinkedHashMap<>();
        for (String measure : measures(CLAIMS)) {
            Map<String, Interval> byVariant = new LinkedHashMap<>();
            values.keySet().forEach(variant -> byVariant.put(variant, interval(variant, measure)));
            means.put(measure, byVariant);
        }
        return IntervalPlot.svg(means);
    }

    private List<String> measures(int most) {
        return values.values().iterator().next().keySet().stream().limit(most).toList();
    }

    private String table(int most, BiFunction<String, String, String> cell) {
        List<String> header = new ArrayList<>(List.of("regularisation"));
        header.addAll(measures(most));
        TextTable table = new TextTable(1, header.toArray(String[]::new));
        for (String variant : values.keySet()) {
            List<String> cells = new ArrayList<>(List.of(variant));
            measures(most).forEach(measure -> cells.add(cell.apply(variant, measure)));
            table.add(cells.toArray(String[]::new));
        }
        return table.toString();
    }

    private String mean(String variant, String measure) {
        return interval(variant, measure).toString();
    }

    private Interval interval(String variant, String measure) {
        return Interval.of(values.get(variant).get(measure).stream()
                .mapToDouble(Double::doubleValue)
                .toArray());
    }

    private String difference(String variant, String measure) {
        String first = values.keySet().iterator().next();
        if (variant.equals(first)) {
            return "–";
        }
        List<Double> these = values.get(variant).get(measure);
        List<Double> those = values.get(first).get(measure);
        double[] differences = new double[these.size()];
        for (int seed = 0; seed < differences.length; seed++) {
            differences[seed] = these.get(seed) - those.get(seed);
        }
        Interval interval = Interval.of(differences);
        return Math.abs(interval.mean()) > interval.half() ? "**" + interval + "**" : interval.toString();
    }
}
