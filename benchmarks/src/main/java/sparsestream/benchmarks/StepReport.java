package sparsestream.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** What {@code bench step} prints. */
final class StepReport {
    private StepReport() {}

    static String table(List<StepRow> rows) {
        TextTable table =
                new TextTable(3, "model", "architecture", "engine", "threads", "batch", "steps/s", "of roofline");
        for (StepRow row : rows) {
            table.add(
                    row.model(),
                    row.architecture(),
                    row.engine(),
                    String.valueOf(row.threads()),
                    String.valueOf(row.batch()),
                    format("%.1f", row.stepsPerSecond()),
                    format("%.0f %%", 100 * row.rooflineShare()));
        }
        return table.toString();
    }

    /** For each model, architecture and batch: our best over thread counts against each peer's best. */
    static String ratios(List<StepRow> rows) {
        TextTable table = new TextTable(2, "model", "architecture", "batch", "× libtorch's best", "× dl4j's best");
        record Group(String model, String architecture, int batch) {}
        rows.stream()
                .map(row -> new Group(row.model(), row.architecture(), row.batch()))
                .distinct()
                .forEach(group -> {
                    List<StepRow> members = rows.stream()
                            .filter(row -> group.equals(new Group(row.model(), row.architecture(), row.batch())))
                            .toList();
                    table.add(
                            group.model(),
                            group.architecture(),
                            String.valueOf(group.batch()),
                            ratio(members, Engine.LIBTORCH),
                            ratio(members, Engine.DL4J));
                });
        return table.toString();
    }

    private static String ratio(List<StepRow> rows, Engine peer) {
        OptionalDouble ours = best(rows, Engine.SPARSESTREAM);
        OptionalDouble theirs = best(rows, peer);
        return ours.isPresent() && theirs.isPresent() ? format("%.2f", ours.getAsDouble() / theirs.getAsDouble()) : "-";
    }

    private static OptionalDouble best(List<StepRow> rows, Engine engine) {
        return rows.stream()
                .filter(row -> row.engine().equals(engine.toString()))
                .mapToDouble(StepRow::stepsPerSecond)
                .max();
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
