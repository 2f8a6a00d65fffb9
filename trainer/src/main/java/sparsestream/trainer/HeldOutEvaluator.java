package sparsestream.trainer;

import java.util.Optional;
import sparsestream.model.Classifier;
import sparsestream.model.StreamModel;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.model.evaluation.Evaluator;

/** Measures models on held-out images, with the shipped classifier. */
final class HeldOutEvaluator implements AutoCloseable {
    private final Classifier classifier = DigitClassifier.load();
    private final Evaluator evaluator;

    /** @param seed of the latent vectors of the images that models make */
    HeldOutEvaluator(HeldOut heldOut, long seed) {
        evaluator = new Evaluator(heldOut.images(), heldOut.count(), classifier, seed);
    }

    Evaluation evaluate(StreamModel model) {
        return evaluator.evaluate(model);
    }

    /** Fréchet distance of real images from real ones; empty where models' is not measured. */
    Optional<Double> floor() {
        return evaluator.floor();
    }

    @Override
    public void close() {
        classifier.close();
    }
}
