package sparsestream.trainer;

import sparsestream.model.ModelConfig;
import sparsestream.model.Settings;
import sparsestream.model.StreamModel;
import sparsestream.model.layers.Team;

/**
 * Which model to train, on images of which size.
 *
 * @param height of every image, in pixels
 * @param width of every image, in pixels
 * @param seed of the initial weights and of all noise
 */
public record ModelSettings(ModelConfig config, int height, int width, long seed) {
    public ModelSettings {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("images of " + height + "×" + width + " pixels");
        }
    }

    /** Of the derived seeds, what is added for each partition: the golden ratio, as a fraction of 2⁶⁴. */
    private static final long SEED_STEP = 0x9E3779B97F4A7C15L;

    /** The model's name. */
    public String name() {
        return config.name();
    }

    /** A new model with the initial weights. */
    public StreamModel create(int threads) {
        return create(threads, seed);
    }

    /**
     * The model of one partition of a merged run: the same initial weights in each, and noise of its own, since averaging over the
     * same noise would average less.
     */
    StreamModel createReplica(int threads, int partition) {
        StreamModel replica = create(threads, seed + partition * SEED_STEP);
        if (partition > 0) {
            try (StreamModel first = create(1)) {
                replica.restore(first.state());
            }
        }
        return replica;
    }

    private StreamModel create(int threads, long noiseSeed) {
        return config.create(Math.multiplyExact(height, width), noiseSeed, new Team(threads));
    }

    /** All that the weights depend on besides the batches; two runs may share a state only if these are equal. */
    public Settings settings() {
        return Settings.NONE
                .with("model", name())
                .with("image-height", height)
                .with("image-width", width)
                .with("seed", seed)
                .with(config.settings());
    }
}
