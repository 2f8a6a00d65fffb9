package sparsestream.trainer.learning;

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

    /** The model's name. */
    public String name() {
        return config.name();
    }

    /** A new model with the initial weights. */
    public StreamModel create(int threads) {
        return config.create(Math.multiplyExact(height, width), seed, new Team(threads));
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
