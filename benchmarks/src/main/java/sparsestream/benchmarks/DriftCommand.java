package sparsestream.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.StreamModel;
import sparsestream.model.evaluation.Adwin;
import sparsestream.model.evaluation.PageHinkley;
import sparsestream.model.layers.Team;
import sparsestream.model.vae.Vae;
import sparsestream.producer.Dataset;
import sparsestream.producer.Datasets;
import sparsestream.producer.Drift;
import sparsestream.producer.DriftingStream;
import sparsestream.producer.Split;

/** {@code bench drift}. */
@Command(
        name = "drift",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description =
                "How soon a change of the stream is noticed by a VAE that learns it, and how often one is seen that"
                        + " is none.")
final class DriftCommand implements Callable<Integer> {
    private static final int BATCH = 128;

    @Option(
            names = "--kinds",
            split = ",",
            defaultValue = "classes,fashion-mnist,invert,noise,none",
            description = "Kinds of changes, as --drift of the producer has them; none for a stream that stays.")
    private List<String> kinds;

    @Option(
            names = "--lengths",
            split = ",",
            defaultValue = "0,300",
            description = "Batches that the change takes; 0 for at once.")
    private List<Integer> lengths;

    @Option(names = "--seeds", defaultValue = "5", description = "Runs of each.")
    private int seeds;

    @Option(names = "--batches-before", defaultValue = "1500", description = "Batches of 128 before the change.")
    private int before;

    @Option(names = "--batches-after", defaultValue = "500", description = "Batches from the change on.")
    private int after;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there too.")
    private Path json;

    @Spec
    private CommandSpec spec;

    private final Datasets datasets = Datasets.ofProcess(progress -> {});

    /**
     * One line of the result.
     *
     * @param noticed runs with an alarm after the change
     * @param medianDelayBatches from the change to the first alarm, over runs that had one; NaN if none had
     * @param falseAlarms before the change, in all runs
     * @param quietBatches before the change, in all runs
     */
    record Row(
            String change,
            String detector,
            int runs,
            int noticed,
            double medianDelayBatches,
            int falseAlarms,
            long quietBatches) {}

    /** Batches at which a run's detectors raised alarms. */
    private record Alarms(List<Integer> pageHinkley, List<Integer> adwin) {}

    @Override
    public Integer call() throws IOException, RejectedBatchException {
        if (seeds < 1 || before < 1 || after < 1 || lengths.stream().anyMatch(length -> length < 0)) {
            throw new ParameterException(
                    spec.commandLine(), "--seeds, --batches-before and --batches-after must be at least 1");
        }
        List<Row> rows = new ArrayList<>();
        for (String kind : kinds) {
            for (int length : kind.equals("none") ? List.of(0) : lengths) {
                rows.addAll(rows(kind, length));
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(table(rows));
        out.flush();
        if (json != null) {
            JsonFile.write(json, rows);
        }
        return 0;
    }

    private List<Row> rows(String kind, int length) throws RejectedBatchException {
        // A change that comes after the end is none.
        long from = kind.equals("none") ? Long.MAX_VALUE / 2 : (long) before * BATCH;
        Drift drift = new Drift(kind.equals("none") ? "noise" : kind, from, (long) length * BATCH);
        Dataset train = datasets.load("mnist", Split.TRAIN);
        Optional<Dataset> other = drift.otherDataset().map(name -> datasets.load(name, Split.TRAIN));
        List<Alarms> runs = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
            runs.add(run(new DriftingStream(train, drift, other, seed), seed));
            spec.commandLine()
                    .getErr()
                    .println(kind + " over " + length + " batches, seed " + seed + ": " + runs.get(seed - 1));
            spec.commandLine().getErr().flush();
        }
        String change =
                kind.equals("none") ? kind : kind + (length == 0 ? ", at once" : ", over " + length + " batches");
        int quiet = kind.equals("none") ? before + after : before;
        return List.of(
                row(
                        change,
                        "Page-Hinkley",
                        runs.stream().map(Alarms::pageHinkley).toList(),
                        quiet),
                row(change, "ADWIN", runs.stream().map(Alarms::adwin).toList(), quiet));
    }

    private Alarms run(DriftingStream stream, long seed) throws RejectedBatchException {
        PageHinkley pageHinkley = PageHinkley.ofLogLoss();
        Adwin adwin = Adwin.ofLogLoss();
        Alarms alarms = new Alarms(new ArrayList<>(), new ArrayList<>());
        try (StreamModel model = new Vae(Architecture.SEED.vae(), Architecture.PIXELS, seed, new Team(1))) {
            for (int batch = 0; batch < before + after; batch++) {
                double loss = model.learn(
                                stream.batch((long) batch * BATCH, BATCH).images(), BATCH)
                        .watchedValue();
                if (pageHinkley.add(StrictMath.log(loss))) {
                    alarms.pageHinkley().add(batch);
                }
                if (adwin.add(StrictMath.log(loss))) {
                    alarms.adwin().add(batch);
                }
            }
        }
        return alarms;
    }

    private Row row(String change, String detector, List<List<Integer>> runs, int quiet) {
        double[] delays = runs.stream()
                .flatMap(alarms ->
                        alarms.stream().filter(batch -> batch >= quiet).limit(1))
                .mapToDouble(batch -> batch - quiet + 1)
                .sorted()
                .toArray();
        int early = (int) runs.stream()
                .flatMap(List::stream)
                .filter(batch -> batch < quiet)
                .count();
        double median =
                delays.length == 0 ? Double.NaN : (delays[(delays.length - 1) / 2] + delays[delays.length / 2]) / 2;
        return new Row(change, detector, runs.size(), delays.length, median, early, (long) quiet * runs.size());
    }

    static String table(List<Row> rows) {
        TextTable table = new TextTable(2, "change", "by", "noticed", "delay, batches", "false alarms");
        for (Row row : rows) {
            table.add(
                    row.change(),
                    row.detector(),
                    row.change().equals("none") ? "–" : row.noticed() + " of " + row.runs(),
                    Double.isNaN(row.medianDelayBatches())
                            ? "–"
                            : String.format(Locale.ROOT, "%.0f", row.medianDelayBatches()),
                    String.format(Locale.ROOT, "%d in %,d batches", row.falseAlarms(), row.quietBatches()));
        }
        return table.toString();
    }
}
