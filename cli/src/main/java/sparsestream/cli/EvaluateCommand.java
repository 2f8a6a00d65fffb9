package sparsestream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.contract.MalformedMessageException;
import sparsestream.model.Elbo;
import sparsestream.model.LikelihoodBound;
import sparsestream.model.Models;
import sparsestream.model.evaluation.Classifier;
import sparsestream.model.evaluation.Evaluation.SampleQuality;
import sparsestream.model.evaluation.Evaluator;
import sparsestream.producer.Dataset;
import sparsestream.producer.Split;
import sparsestream.published.DigitClassifier;
import sparsestream.published.ModelVersion;

@Command(name = "evaluate", description = "Measures a published model on the test split of a dataset.")
final class EvaluateCommand implements Callable<Integer> {
    /** Of the noise and of the images that the model makes. */
    private static final long SEED = 0;

    @Mixin
    private VersionOptions version;

    @Mixin
    private DatasetOptions dataset;

    @Option(
            names = "--samples",
            paramLabel = "K",
            defaultValue = "50",
            description = "Samples an image of the importance-weighted bound of a VAE (default: ${DEFAULT-VALUE}).")
    private int samples;

    // The help that every command inherits comes with a --version of its own, which here means another.
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable")
    private boolean help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, MalformedMessageException {
        if (samples < 1) {
            throw new UsageException("--samples must be at least 1, got " + samples);
        }
        version.check();
        Dataset heldOut = dataset.load(Split.HELD_OUT);
        ModelVersion found = version.find();
        if (found.height() != heldOut.height() || found.width() != heldOut.width()) {
            throw new UsageException("version %s of %s makes images of %s×%s pixels, %s has %s×%s"
                    .formatted(
                            found.version(),
                            found.model(),
                            found.height(),
                            found.width(),
                            heldOut.name(),
                            heldOut.height(),
                            heldOut.width()));
        }
        say(
                "version %d of %s, %,d images learned, on %,d images of %s",
                found.version(), found.model(), found.images(), heldOut.count(), heldOut.name());
        bounds(found, heldOut);
        if (heldOut.height() == DigitClassifier.SIDE && heldOut.width() == DigitClassifier.SIDE) {
            samples(found, heldOut);
        }
        return 0;
    }

    private void bounds(ModelVersion found, Dataset heldOut) throws MalformedMessageException {
        Optional<LikelihoodBound> known = Models.named(found.model()).likelihoodBound(found.networks());
        if (known.isEmpty()) {
            return;
        }
        try (LikelihoodBound bound = known.get()) {
            Elbo elbo = bound.elbo(heldOut.images(), heldOut.count(), SEED);
            say(
                    "−ELBO %.2f nats: reconstruction %.2f, KL divergence %.2f, %d latent dimensions in use",
                    elbo.negative(), elbo.reconstruction(), elbo.klDivergence(), elbo.activeUnits());
            say(
                    "importance-weighted bound of %d samples %.2f nats",
                    samples, bound.importanceWeighted(heldOut.images(), heldOut.count(), samples, SEED));
        }
    }

    private void samples(ModelVersion found, Dataset heldOut) throws MalformedMessageException {
        try (Classifier classifier = DigitClassifier.load()) {
            Evaluator evaluator = new Evaluator(heldOut.images(), heldOut.count(), Optional.of(classifier), SEED);
            Optional<SampleQuality> quality = evaluator.samples(found.imageNetwork());
            if (quality.isPresent()) {
                SampleQuality of = quality.get();
                say(
                        "Fréchet distance %.2f (of real images from real ones %.2f), density %.2f, coverage %.2f",
                        of.frechetDistance(), evaluator.floor().orElseThrow(), of.density(), of.coverage());
                say(
                        "%d of %d classes, the rarest with %.1f %% of the images",
                        of.classesCovered(), of.classes(), 100 * of.smallestClassShare());
            }
        }
    }

    private void say(String format, Object... values) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(Locale.ROOT, format, values));
        out.flush();
    }
}
