package sparsestream.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Team;

/**
 * A generative model that learns one batch at a time.
 *
 * <p>Not thread-safe: one thread owns a model; its {@link Team} works only inside calls. After any sequence of calls the model
 * is a pure function of (configuration, seed, the batches learned, in order).
 */
public interface StreamModel extends AutoCloseable {
    /** What it is. */
    ModelConfig config();

    /** The name on the command line, in topics and metrics, such as {@code vae}. */
    default String name() {
        return config().name();
    }

    /** Pixels of an image; every image has as many. */
    int pixels();

    /** Batches learned so far. */
    long step();

    /** Images learned so far. */
    long images();

    /**
     * Learns one batch, or rejects it and stays as it was, to the bit.
     *
     * @param images [count, pixels] U8, row-major; 0 is black and 255 is white
     * @return the losses before each network's update
     * @throws RejectedBatchException if the loss or a gradient, or a square of it that the optimiser needs, is not finite
     * @throws IllegalArgumentException if {@code images} has not {@code count} · pixels elements or count is not positive
     */
    default Losses learn(byte[] images, int count) throws RejectedBatchException {
        return learn(images, count, 1);
    }

    /**
     * The same with the learning rate multiplied by {@code rateScale}, for this batch.
     *
     * @throws RejectedBatchException as above
     * @throws IllegalArgumentException as above
     */
    Losses learn(byte[] images, int count, double rateScale) throws RejectedBatchException;

    /** A copy of all that learning depends on. */
    ModelState state();

    /**
     * Goes back to a state of a model of the same configuration.
     *
     * @throws IllegalArgumentException if the state is that of another architecture; the model then stays as it was
     */
    void restore(ModelState state);

    /** The networks as they should be used, averaged where the configuration says so; a copy. */
    List<Network> networks();

    /** Share of all weights, biases not counted, that are exactly zero. */
    double zeroRatio();

    /** The one of {@link #networks} that turns latent vectors into logits of pixels; a copy. */
    Network imageNetwork();

    /**
     * −ELBO on images that the model has not learned; empty for a model that has no such bound. Noise depends
     * on the seed and the image's position alone, so that figures of two steps can be compared. Not finite if the weights are so
     * large that a logit overflows.
     *
     * @param images [count, pixels] U8
     * @throws IllegalArgumentException if {@code images} has not {@code count} · pixels elements or count is not positive
     */
    Optional<Elbo> heldOutElbo(byte[] images, int count);

    /** {@link Elbo#negative} of {@link #heldOutElbo}. */
    default OptionalDouble heldOutNelbo(byte[] images, int count) {
        Optional<Elbo> elbo = heldOutElbo(images, count);
        return elbo.isPresent() ? OptionalDouble.of(elbo.get().negative()) : OptionalDouble.empty();
    }

    /** Frees the threads and all native memory. */
    @Override
    void close();
}
