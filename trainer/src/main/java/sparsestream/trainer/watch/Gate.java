package sparsestream.trainer.watch;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import sparsestream.model.Elbo;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.model.evaluation.Evaluation.SampleQuality;

/**
 * Whether a model may be published.
 *
 * @param bound a figure may be 1 + this times as bad as that of the last good model
 */
record Gate(double bound) {
    /**
     * What is compared of a model that was found good; not a number where there is no such figure.
     *
     * @param classesCovered 0 where it is not known
     */
    record Reference(double nelbo, double frechetDistance, int classesCovered, int classes) {
        static final Reference NONE = new Reference(Double.NaN, Double.NaN, 0, 0);

        static Reference of(Evaluation evaluation) {
            return new Reference(
                    evaluation.elbo().map(Elbo::negative).orElse(Double.NaN),
                    evaluation.samples().map(SampleQuality::frechetDistance).orElse(Double.NaN),
                    evaluation.samples().map(SampleQuality::classesCovered).orElse(0),
                    evaluation.samples().map(SampleQuality::classes).orElse(0));
        }
    }

    /** Why a model must not be published; empty if it may be. */
    Optional<String> objection(Evaluation candidate, Reference good) {
        return first(
                worse("the held-out -ELBO", figure(candidate.elbo().map(Elbo::negative)), good.nelbo()),
                worse(
                        "the Fréchet distance",
                        figure(candidate.samples().map(SampleQuality::frechetDistance)),
                        good.frechetDistance()),
                candidate.samples().flatMap(samples -> collapsed(samples, good)));
    }

    private Optional<String> worse(String name, OptionalDouble figure, double good) {
        if (figure.isEmpty()) {
            return Optional.empty();
        }
        double value = figure.getAsDouble();
        if (!Double.isFinite(value)) {
            return Optional.of(name + " is not finite");
        }
        // False where there is nothing to compare with.
        return value > good * (1 + bound)
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "%s is %.4g, more than %s times that of the last good model, %.4g",
                        name,
                        value,
                        1 + bound,
                        good))
                : Optional.empty();
    }

    /** A model that makes hardly any kinds of images yet has not collapsed; one that had made most of them has. */
    private static Optional<String> collapsed(SampleQuality samples, Reference good) {
        boolean was = 2 * good.classesCovered() > good.classes();
        return was && 2 * samples.classesCovered() <= good.classesCovered()
                ? Optional.of("images of %s classes are made, the last good model made %s: it has collapsed"
                        .formatted(samples.classesCovered(), good.classesCovered()))
                : Optional.empty();
    }

    private static OptionalDouble figure(Optional<Double> value) {
        return value.map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }

    @SafeVarargs
    private static Optional<String> first(Optional<String>... objections) {
        for (Optional<String> objection : objections) {
            if (objection.isPresent()) {
                return objection;
            }
        }
        return Optional.empty();
    }
}
