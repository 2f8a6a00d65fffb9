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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sparsestream.cli.ModelOptions;
import sparsestream.contract.MalformedMessageException;
import sparsestream.merge.OuterStep;
import sparsestream.model.evaluation.Classifier;
import sparsestream.model.evaluation.Evaluator;
import sparsestream.published.DigitClassifier;
import sparsestream.trainer.learning.ModelSettings;

/** {@code bench merge}. */
@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description =
                "What merged replicas learn from equal images, and what their rounds cost; in one process, no Kafka.")
final class MergedRunsCommand implements Callable<Integer> {
    private static final int SIDE = DigitClassifier.SIDE;

    @Option(names = "--model", defaultValue = "vae", description = "vae or gan.")
    private String model;

    @Mixin
    private ModelOptions options;

    @Option(names = "--replicas", split = ",", defaultValue = "1,2,4,8", description = "How many are merged.")
    private List<Integer> replicas;

    @Option(names = "--every", split = ",", defaultValue = "50", description = "Batches of a round.")
    private List<Integer> every;

    @Option(names = "--outer-learning-rate", split = ",", defaultValue = "1", description = "As of merge.")
    private List<Double> outerLearningRates;

    @Option(names = "--outer-momentum", split = ",", defaultValue = "0", description = "As of merge.")
    private List<Double> outerMomenta;

    @Option(names = "--images", defaultValue = "600000", description = "That the replicas of a run learn together.")
    private long images;

    @Option(names = "--batch-size", defaultValue = "128", description = "Images of a step.")
    private int batch;

    @Option(names = "--seed", defaultValue = "1", description = "Of initial weights, noise and the images' order.")
    private long seed;

    @Option(
            names = "--choose",
            description =
                    "Measure on the last 10,000 training images and learn the others: what settings are chosen by.")
    private boolean choose;

    @Option(names = "--threads", defaultValue = "1", description = "Threads that a step uses.")
    private int threads;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there too.")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, MalformedMessageException {
        if (threads < 1
                || batch < 1
                || images < 1
                || replicas.stream().anyMatch(count -> count < 1)
                || every.stream().anyMatch(count -> count < 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--replicas, --every, --images, --batch-size and --threads must be at least 1");
        }
        List<OuterStep> steps = outerSteps();
        ModelSettings settings = settings();
        Digits digits = choose ? Digits.loadForChoosing("mnist") : Digits.load("mnist");
        List<MergeRow> rows = new ArrayList<>();
        try (Classifier classifier = DigitClassifier.load()) {
            Evaluator evaluator =
                    new Evaluator(digits.measured().images(), digits.measured().count(), Optional.of(classifier), 1);
            for (int count : replicas) {
                for (int batches : every) {
                    for (OuterStep step : steps) {
                        rows.add(new MergeRun(settings, digits.learned(), batch, count, batches, step, threads)
                                .run(images, evaluator));
                        spec.commandLine().getErr().println(rows.get(rows.size() - 1));
                        spec.commandLine().getErr().flush();
                    }
                }
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(table(rows, batch));
        out.flush();
        if (json != null) {
            JsonFile.write(json, rows);
        }
        return 0;
    }

    private List<OuterStep> outerSteps() {
        List<OuterStep> steps = new ArrayList<>();
        try {
            for (double rate : outerLearningRates) {
                for (double momentum : outerMomenta) {
                    steps.add(new OuterStep(rate, momentum));
                }
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return steps;
    }

    private ModelSettings settings() {
        try {
            return options.settings(model, SIDE, SIDE, seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    static String table(List<MergeRow> rows, int batch) {
        TextTable table = new TextTable(
                0,
                "replicas",
                "H",
                "η",
                "μ",
                "images",
                "steps in a row",
                "held-out −ELBO",
                "Fréchet",
                "zeros",
                "up, B/image",
                "down, B/image",
                "gather, ms",
                "merge, ms");
        for (MergeRow row : rows) {
            table.add(
                    String.valueOf(row.replicas()),
                    String.valueOf(row.every()),
                    format("%.2f", row.outerLearningRate()),
                    format("%.2f", row.outerMomentum()),
                    String.valueOf(row.images()),
                    String.valueOf(row.stepsInARow()),
                    Double.isNaN(row.heldOutNelbo()) ? "-" : format("%.1f", row.heldOutNelbo()),
                    format("%.1f", row.frechetDistance()),
                    format("%.1f %%", 100 * row.zeroRatio()),
                    format("%.1f", row.contributionBytesPerImage(batch)),
                    format("%.1f", row.modelBytesPerImage(batch)),
                    format("%.1f", row.gatherMicros() / 1e3),
                    format("%.1f", row.mergeMicros() / 1e3));
        }
        return table.toString();
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
