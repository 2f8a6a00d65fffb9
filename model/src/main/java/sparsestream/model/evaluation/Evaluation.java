package sparsestream.model.evaluation;

import java.util.Optional;
import sparsestream.model.Elbo;

/**
 * What a model is worth after a step.
 *
 * @param step batches learned by then
 * @param elbo on held-out images; empty for a model that has no such bound
 * @param samples of images that the model makes; empty where the classifier knows no images of that size
 */
public record Evaluation(long step, Optional<Elbo> elbo, Optional<SampleQuality> samples) {
    /**
     * Images that a model makes, against held-out ones, in a classifier's features.
     *
     * @param frechetDistance see {@link FrechetDistance}
     * @param density see {@link Neighbourhoods}
     * @param coverage see {@link Neighbourhoods}
     * @param smallestClassShare share of the images that the rarest class has
     * @param classesCovered classes with at least 1 % of the images
     * @param classes in all
     * @param classKl divergence of the classes' shares from the held-out images', in nats
     */
    public record SampleQuality(
            double frechetDistance,
            double density,
            double coverage,
            double smallestClassShare,
            int classesCovered,
            int classes,
            double classKl) {}
}
