package sparsestream.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.contract.ImageBatch;
import sparsestream.model.evaluation.Classifier;
import sparsestream.model.evaluation.ClassifierTraining;
import sparsestream.model.evaluation.Features;
import sparsestream.model.evaluation.FrechetDistance;
import sparsestream.model.layers.AdamConfig;
import sparsestream.producer.BatchSchedule;
import sparsestream.producer.Dataset;
import sparsestream.producer.Datasets;
import sparsestream.producer.Split;
import sparsestream.published.DigitClassifier;

/** {@code bench classifier}. */
@Command(
        name = "classifier",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains the classifier in whose features generated images are measured, as it was trained for the"
                + " file that is shipped.")
final class ClassifierCommand implements Callable<Integer> {
    private static final int BATCH = 128;
    private static final int PASSES = 20;
    private static final long SEED = 1;
    private static final List<Integer> WIDTHS = List.of(784, 100, 64, 10);
    private static final int SAMPLES = 10_000;

    @Option(names = "--out", paramLabel = "FILE", description = "Write the weights there, as safetensors.")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Datasets datasets = Datasets.ofProcess(progress -> {});
        Dataset train = datasets.load("mnist", Split.TRAIN);
        long steps = (long) PASSES * train.count() / BATCH;
        PrintWriter print = spec.commandLine().getOut();
        try (ClassifierTraining training = new ClassifierTraining(WIDTHS, AdamConfig.of(1e-3), BATCH, steps, SEED)) {
            BatchSchedule schedule = new BatchSchedule(train, SEED);
            for (long step = 0; step < steps; step++) {
                ImageBatch batch = schedule.batch(step * BATCH, BATCH);
                training.learn(batch.images(), batch.labels().orElseThrow(), BATCH);
            }
            byte[] file = DigitClassifier.encode(training.network()).encode();
            if (out != null) {
                Files.write(out, file);
            }
            Dataset heldOut = datasets.load("mnist", Split.HELD_OUT);
            try (Classifier trained = new Classifier(training.network());
                    Classifier shipped = DigitClassifier.load()) {
                tell(print, "trained now", trained, train, heldOut);
                tell(print, "shipped", shipped, train, heldOut);
            }
            print.println(
                    Arrays.equals(file, DigitClassifier.file())
                            ? "both are the same to the bit"
                            : "they differ, as another kind of CPU makes them");
        }
        print.flush();
        return 0;
    }

    private static void tell(PrintWriter print, String which, Classifier classifier, Dataset train, Dataset heldOut) {
        Features held = classifier.read(heldOut.images(), heldOut.count());
        int right = 0;
        for (int i = 0; i < heldOut.count(); i++) {
            right += held.classes()[i] == heldOut.labels()[i] ? 1 : 0;
        }
        byte[] some = Arrays.copyOf(train.images(), SAMPLES * train.imageBytes());
        print.printf(
                Locale.ROOT,
                "%s: accuracy on held-out images %.2f %%, Fréchet distance of %,d training images %.2f%n",
                which,
                100.0 * right / heldOut.count(),
                SAMPLES,
                new FrechetDistance(held).to(classifier.read(some, SAMPLES)));
    }
}
