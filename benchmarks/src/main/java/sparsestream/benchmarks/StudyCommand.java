package sparsestream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.evaluation.Classifier;
import sparsestream.model.evaluation.Evaluator;
import sparsestream.producer.Dataset;
import sparsestream.published.DigitClassifier;

/** {@code bench study}. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description =
                "What L1 does for a model, against L2 and nothing, with little data and much: means over seeds with"
                        + " their 95 %% confidence intervals, and differences seed by seed.")
final class StudyCommand implements Callable<Integer> {
    @Option(
            names = "--model",
            split = ",",
            defaultValue = "vae,gan-r1",
            description = "vae and gan-r1, or one of them.")
    private List<ModelKind> kinds;

    @Option(
            names = "--images",
            split = ",",
            defaultValue = "1000,0",
            description = "Learn so many first images of MNIST; 0 for all.")
    private List<Integer> sizes;

    @Option(names = "--steps", defaultValue = "1200", description = "Batches of 128 that each run learns.")
    private long steps;

    @Option(names = "--seeds", defaultValue = "5", description = "Runs of each variant.")
    private int seeds;

    @Option(
            names = "--choose",
            description = "Measure on the last 10,000 training images and learn from the others: what settings are"
                    + " chosen by.")
    private boolean choose;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description = "Write the tables there too, MODEL-IMAGES.md, with plots beside them.")
    private Path directory;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, RejectedBatchException {
        if (kinds.contains(ModelKind.GAN)
                || seeds < 2
                || steps < 20
                || sizes.stream().anyMatch(size -> size < 0)) {
            throw new ParameterException(
                    spec.commandLine(), "--model must be vae or gan-r1, --seeds at least 2, --steps at least 20");
        }
        Digits digits = choose ? Digits.loadForChoosing("mnist") : Digits.load("mnist");
        Dataset heldOut = digits.measured();
        try (Classifier classifier = DigitClassifier.load()) {
            Evaluator evaluator = new Evaluator(heldOut.images(), heldOut.count(), Optional.of(classifier), 1);
            for (ModelKind kind : kinds) {
                for (int size : sizes) {
                    Dataset learned = digits.learned();
                    int taken = size == 0 ? learned.count() : Math.min(size, learned.count());
                    Digits some = new Digits(learned.range(0, taken), heldOut);
                    study(kind, size, new StudyRun(some, evaluator, steps));
                }
            }
        }
        return 0;
    }

    private void study(ModelKind kind, int size, StudyRun run) throws IOException, RejectedBatchException {
        StudyResult result = new StudyResult();
        for (StudyVariant variant : kind == ModelKind.VAE ? StudyVariant.VAE : StudyVariant.GAN) {
            for (int seed = 1; seed <= seeds; seed++) {
                Map<String, Double> measured = run.run(kind, variant, seed);
                result.add(variant.name(), measured);
                spec.commandLine().getErr().println(variant.name() + ", seed " + seed + ": " + measured);
                spec.commandLine().getErr().flush();
            }
        }
        String name = "%s-%s".formatted(kind == ModelKind.VAE ? "vae" : "gan", size == 0 ? "all" : size);
        String markdown = result.markdown(name);
        spec.commandLine().getOut().println(markdown);
        spec.commandLine().getOut().flush();
        if (directory != null) {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve(name + ".md"), markdown);
            Files.writeString(directory.resolve(name + ".svg"), result.svg());
        }
    }
}
