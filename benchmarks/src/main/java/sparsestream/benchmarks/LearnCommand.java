package sparsestream.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sparsestream.cli.ModelOptions;
import sparsestream.model.Elbo;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.StreamModel;
import sparsestream.model.evaluation.Classifier;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.model.evaluation.Evaluation.SampleQuality;
import sparsestream.model.evaluation.Evaluator;
import sparsestream.model.layers.Network;
import sparsestream.published.DigitClassifier;
import sparsestream.trainer.learning.ModelSettings;

/** {@code bench learn}. */
@Command(
        name = "learn",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description =
                "How a model of the trainer's own options does on MNIST, on the way and in the end: a table, means"
                        + " over seeds with their 95 %% confidence intervals.")
final class LearnCommand implements Callable<Integer> {
    private static final int SIDE = DigitClassifier.SIDE;

    /** A GAN that has learned a tenth of the run and is farther than this from the images has collapsed. */
    private static final double COLLAPSED = 20;

    @Option(names = "--model", defaultValue = "gan", description = "vae or gan.")
    private String model;

    @Mixin
    private ModelOptions options;

    @Option(names = "--images", defaultValue = "1200000", description = "That each run learns, pass after pass.")
    private long images;

    @Option(names = "--batch-size", defaultValue = "128", description = "Images that are learned at once.")
    private int batch;

    @Option(names = "--points", defaultValue = "10", description = "How often the model is measured on the way.")
    private int points;

    @Option(names = "--seeds", defaultValue = "1", description = "Runs, with the seeds from --first-seed on.")
    private int seeds;

    @Option(names = "--first-seed", defaultValue = "1", description = "Seed of the first run.")
    private long firstSeed;

    @Option(
            names = "--choose",
            description =
                    "Measure on the last 10,000 training images and learn the others: what settings are chosen by.")
    private boolean choose;

    @Option(names = "--threads", defaultValue = "1", description = "Threads that a step uses.")
    private int threads;

    @Option(names = "--json", paramLabel = "FILE", description = "Write what each run was worth at each point there.")
    private Path json;

    @Spec
    private CommandSpec spec;

    /**
     * What a run was worth at one point.
     *
     * @param heldOutNelbo nats an image; not a number for a GAN
     * @param zeroRatio of all weights
     * @param zeroRatioByNetwork share of each network's weights that are exactly zero
     */
    record Row(
            long seed,
            long images,
            double heldOutNelbo,
            double frechetDistance,
            double smallestClassShare,
            int classesCovered,
            double density,
            double coverage,
            double zeroRatio,
            Map<String, Double> zeroRatioByNetwork) {}

    @Override
    public Integer call() throws IOException, RejectedBatchException {
        if (seeds < 1 || points < 1 || batch < 1 || threads < 1 || images < (long) batch * points) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--seeds, --points, --batch-size and --threads must be at least 1, --images a batch for each point");
        }
        // Wrong options should not cost a download first.
        settings(firstSeed);
        Digits digits = choose ? Digits.loadForChoosing("mnist") : Digits.load("mnist");
        List<Row> rows = new ArrayList<>();
        try (Classifier classifier = DigitClassifier.load()) {
            Evaluator evaluator =
                    new Evaluator(digits.measured().images(), digits.measured().count(), Optional.of(classifier), 1);
            MeasuredRun run = new MeasuredRun(digits.learned(), batch, images / batch, points);
            for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
                rows.addAll(learn(run, evaluator, settings(seed)));
            }
            print(rows, evaluator.floor().orElseThrow());
        }
        if (json != null) {
            JsonFile.write(json, rows);
        }
        return 0;
    }

    private ModelSettings settings(long seed) {
        try {
            return options.settings(model, SIDE, SIDE, seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private List<Row> learn(MeasuredRun run, Evaluator evaluator, ModelSettings settings)
            throws RejectedBatchException {
        List<Row> rows = new ArrayList<>();
        try (StreamModel learning = settings.create(threads)) {
            run.learn(learning, settings.seed(), () -> {}, () -> {
                rows.add(row(settings.seed(), learning, evaluator.evaluate(learning)));
                spec.commandLine().getErr().println(rows.get(rows.size() - 1));
                spec.commandLine().getErr().flush();
            });
        }
        return rows;
    }

    private static Row row(long seed, StreamModel model, Evaluation evaluation) {
        SampleQuality samples = evaluation.samples().orElseThrow();
        Map<String, Double> zeros = new LinkedHashMap<>();
        for (Network network : model.networks()) {
            zeros.put(network.name(), network.zeroRatio());
        }
        return new Row(
                seed,
                model.images(),
                evaluation.elbo().map(Elbo::negative).orElse(Double.NaN),
                samples.frechetDistance(),
                samples.smallestClassShare(),
                samples.classesCovered(),
                samples.density(),
                samples.coverage(),
                model.zeroRatio(),
                zeros);
    }

    private void print(List<Row> rows, double floor) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(table(rows));
        out.printf(Locale.ROOT, "%nFréchet distance of real images from real ones: %.2f%n", floor);
        if (model.equals("gan")) {
            out.printf("collapsed: %s of %s runs%n", collapsed(rows), seeds);
        }
        out.flush();
    }

    /** Runs that, at any point but the first, lack a class (under 1 % of the images) or are far from the real images. */
    static long collapsed(List<Row> rows) {
        long first = rows.get(0).images();
        return rows.stream()
                .filter(row -> row.images() > first)
                .filter(row -> row.classesCovered() < 10 || !(row.frechetDistance() <= COLLAPSED))
                .map(Row::seed)
                .distinct()
                .count();
    }

    /** A line for each point: means over the seeds. */
    static String table(List<Row> rows) {
        boolean bound = !Double.isNaN(rows.get(0).heldOutNelbo());
        List<String> networks = List.copyOf(rows.get(0).zeroRatioByNetwork().keySet());
        List<String> header = new ArrayList<>(List.of("images"));
        if (bound) {
            header.add("held-out −ELBO");
        }
        header.addAll(List.of("Fréchet distance", "smallest class, %", "density", "coverage"));
        networks.forEach(network -> header.add(network + " zeros, %"));
        TextTable table = new TextTable(0, header.toArray(String[]::new));
        Map<Long, List<Row>> byPoint = new LinkedHashMap<>();
        rows.forEach(row ->
                byPoint.computeIfAbsent(row.images(), any -> new ArrayList<>()).add(row));
        byPoint.forEach((images, point) -> {
            List<String> cells = new ArrayList<>(List.of(String.format(Locale.ROOT, "%,d", images)));
            if (bound) {
                cells.add(cell(point, Row::heldOutNelbo));
            }
            cells.add(cell(point, Row::frechetDistance));
            cells.add(cell(point, row -> 100 * row.smallestClassShare()));
            cells.add(cell(point, Row::density));
            cells.add(cell(point, Row::coverage));
            networks.forEach(network ->
                    cells.add(cell(point, row -> 100 * row.zeroRatioByNetwork().get(network))));
            table.add(cells.toArray(String[]::new));
        });
        return table.toString();
    }

    private static String cell(List<Row> point, ToDoubleFunction<Row> measure) {
        return Interval.of(point.stream().mapToDouble(measure).toArray()).toString();
    }
}
