package sparsestream.published;

import java.util.Optional;
import sparsestream.model.StreamModel;
import sparsestream.model.evaluation.Classifier;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.model.evaluation.Evaluator;

/** Measures models on held-out images, with the shipped classifier where they have the size of the digits it knows. */
public final class HeldOutEvaluator implements AutoCloseable {
    private final Optional<Classifier> classifier;
    private final Evaluator evaluator;

    /**
     * Prepares to measure on these images.
     *
     * @param seed of the latent vectors of the images that models make
     */
    public HeldOutEvaluator(HeldOut heldOut, long seed) {
        boolean known = heldOut.height() == DigitClassifier.SIDE && heldOut.width() == DigitClassifier.SIDE;
        classifier = known ? Optional.of(DigitClassifier.load()) : Optional.empty();
        evaluator = new Evaluator(heldOut.images(), heldOut.count(), classifier, seed);
    }

    /** What a model is worth now. */
    public Evaluation evaluate(StreamModel model) {
        return evaluator.evaluate(model);
    }

    /** Fréchet distance of real images from real ones; empty where models' is not measured. */
    public Optional<Double> floor() {
        return evaluator.floor();
    }

    @Override
    public void close() {
        classifier.ifPresent(Classifier::close);
    }
}
