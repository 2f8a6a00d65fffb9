package sparsestream.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sparsestream.model.Classifier;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.evaluation.Evaluator;
import sparsestream.producer.Dataset;
import sparsestream.producer.Datasets;
import sparsestream.producer.DownloadProgress;
import sparsestream.producer.Split;
import sparsestream.trainer.DigitClassifier;

/** {@code bench study}. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = "What L1 does for a model, against L2 and nothing: one table, means over seeds with their 95 %%"
                + " confidence intervals.")
final class StudyCommand implements Callable<Integer> {
    @Option(names = "--model", defaultValue = "vae", description = "vae or gan-r1.")
    private ModelKind kind;

    @Option(names = "--images", defaultValue = "0", description = "Learn these first images of MNIST; 0 for all.")
    private int images;

    @Option(names = "--steps", defaultValue = "4690", description = "Batches of 128 that each run learns.")
    private long steps;

    @Option(names = "--seeds", defaultValue = "5", description = "Runs of each variant.")
    private int seeds;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draw the first measure there.")
    private Path svg;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, RejectedBatchException {
        if (kind == ModelKind.GAN || seeds < 1 || steps < 10 || images < 0) {
            throw new ParameterException(
                    spec.commandLine(), "--model must be vae or gan-r1, --seeds at least 1, --steps at least 10");
        }
        Datasets datasets =
                new Datasets(System.getenv(), Path.of(System.getProperty("user.home")), DownloadProgress.NONE);
        Dataset heldOut = datasets.load("mnist", Split.HELD_OUT);
        Dataset train = first(datasets.load("mnist", Split.TRAIN));
        Map<String, Map<String, Interval>> rows = new LinkedHashMap<>();
        try (Classifier classifier = DigitClassifier.load()) {
            Evaluator evaluator = new Evaluator(heldOut.images(), heldOut.count(), Optional.of(classifier), 1);
            StudyRun run = new StudyRun(train, heldOut, evaluator, steps);
            for (StudyVariant variant : kind == ModelKind.VAE ? StudyVariant.VAE : StudyVariant.GAN) {
                rows.put(variant.name(), measure(run, variant));
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(table(rows));
        out.flush();
        if (svg != null) {
            Files.writeString(svg, IntervalPlot.svg(rows));
        }
        return 0;
    }

    private Dataset first(Dataset all) {
        if (images == 0 || images >= all.count()) {
            return all;
        }
        return new Dataset(
                all.name(),
                all.height(),
                all.width(),
                images,
                Arrays.copyOf(all.images(), images * all.imageBytes()),
                Arrays.copyOf(all.labels(), images));
    }

    private Map<String, Interval> measure(StudyRun run, StudyVariant variant) throws RejectedBatchException {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        for (int seed = 1; seed <= seeds; seed++) {
            Map<String, Double> measured = run.run(kind, variant, seed);
            measured.forEach((name, value) ->
                    values.computeIfAbsent(name, any -> new ArrayList<>()).add(value));
            spec.commandLine().getErr().println(variant.name() + ", seed " + seed + ": " + measured);
            spec.commandLine().getErr().flush();
        }
        Map<String, Interval> intervals = new LinkedHashMap<>();
        values.forEach((name, all) -> intervals.put(
                name, Interval.of(all.stream().mapToDouble(Double::doubleValue).toArray())));
        return intervals;
    }

    static String table(Map<String, Map<String, Interval>> rows) {
        List<String> header = new ArrayList<>(List.of("regularisation"));
        header.addAll(rows.values().iterator().next().keySet());
        TextTable table = new TextTable(1, header.toArray(String[]::new));
        rows.forEach((variant, measures) -> {
            List<String> cells = new ArrayList<>(List.of(variant));
            measures.values().forEach(interval -> cells.add(interval.toString()));
            table.add(cells.toArray(String[]::new));
        });
        return table.toString();
    }
}
