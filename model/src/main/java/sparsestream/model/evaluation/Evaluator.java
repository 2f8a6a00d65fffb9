package sparsestream.model.evaluation;

import java.util.Arrays;
import java.util.Optional;
import sparsestream.model.Elbo;
import sparsestream.model.StreamModel;
import sparsestream.model.evaluation.Evaluation.SampleQuality;
import sparsestream.model.layers.Network;

/**
 * Measures models on the same held-out images and with the same latent vectors each time, so that the figures of two steps differ
 * by what was learned alone.
 *
 * <p>Not thread-safe.
 */
public final class Evaluator {
    /** Images that a model makes, and most held-out images that they are compared with. */
    public static final int SAMPLES = 10_000;

    /** Of those, how many take part in density and coverage, whose cost is quadratic. */
    public static final int NEIGHBOURS = 1_000;

    /** Neighbour that a ball reaches to; the paper's choice. */
    public static final int K = 5;

    /** Fewer held-out images than this say nothing about a distribution of features. */
    public static final int MIN_IMAGES = 1_000;

    private final byte[] heldOut;
    private final int count;
    private final int pixels;
    private final long seed;
    private final Optional<Reference> reference;

    /** What is known of the held-out images before any model is measured. */
    private record Reference(
            Classifier classifier,
            FrechetDistance distance,
            Neighbourhoods neighbourhoods,
            ClassHistogram classes,
            double floor) {}

    /**
     * @param heldOut [count, pixels] U8; not copied
     * @param classifier of images of that size; without one, and where there are fewer than {@value #MIN_IMAGES} images, those that a
     *     model makes are not measured
     * @param seed of the latent vectors
     */
    public Evaluator(byte[] heldOut, int count, Optional<Classifier> classifier, long seed) {
        this.heldOut = heldOut;
        this.count = count;
        this.pixels = heldOut.length / count;
        this.seed = seed;
        this.reference = classifier.filter(any -> count >= MIN_IMAGES).map(this::reference);
    }

    private Reference reference(Classifier classifier) {
        int taken = Math.min(count, SAMPLES);
        // MNIST's second half is of other writers than its first.
        Features features =
                classifier.read(Arrays.copyOf(heldOut, taken * pixels), taken).shuffled(0);
        int half = taken / 2;
        return new Reference(
                classifier,
                new FrechetDistance(features),
                new Neighbourhoods(features.range(0, Math.min(taken, NEIGHBOURS)), K),
                ClassHistogram.of(features, classifier.classes()),
                new FrechetDistance(features.range(0, half)).to(features.range(half, taken)));
    }

    /**
     * Fréchet distance between the two halves of the held-out images: what real images against other real ones have, a little
     * overstated since each half has half as many. Empty where there is no distance.
     */
    public Optional<Double> floor() {
        return reference.map(Reference::floor);
    }

    /** Everything that applies. */
    public Evaluation evaluate(StreamModel model) {
        Optional<Elbo> elbo = model.heldOutElbo(heldOut, count);
        Network network = model.imageNetwork();
        return new Evaluation(model.step(), elbo, reference.map(real -> quality(network, real)));
    }

    /** Of the images that a network makes alone; empty where they can't be compared. */
    public Optional<SampleQuality> samples(Network network) {
        return reference.map(real -> quality(network, real));
    }

    private SampleQuality quality(Network network, Reference real) {
        Features made = SampleReader.read(network, real.classifier(), seed, SAMPLES);
        Neighbourhoods.Measures measures = real.neighbourhoods().of(made.range(0, NEIGHBOURS));
        ClassHistogram classes = ClassHistogram.of(made, real.classifier().classes());
        return new SampleQuality(
                real.distance().to(made),
                measures.density(),
                measures.coverage(),
                classes.smallestShare(),
                classes.covered(),
                classes.counts().length,
                classes.klDivergence(real.classes()));
    }
}
