package sparsestream.trainer;

import sparsestream.model.Gan;
import sparsestream.model.GanConfig;
import sparsestream.model.StreamModel;
import sparsestream.model.Team;
import sparsestream.model.Vae;
import sparsestream.model.VaeConfig;

/**
 * Which model to train, on images of which size.
 *
 * @param name {@code vae} or {@code gan}
 * @param vae used if the name is {@code vae}
 * @param gan used if the name is {@code gan}
 * @param height of every image, in pixels
 * @param width of every image, in pixels
 * @param seed of the initial weights and of all noise
 */
public record ModelSettings(String name, VaeConfig vae, GanConfig gan, int height, int width, long seed) {
    public ModelSettings {
        if (!name.equals("vae") && !name.equals("gan")) {
            throw new IllegalArgumentException("--model must be vae or gan, got '" + name + "'");
        }
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("images of " + height + "×" + width + " pixels");
        }
    }

    /** Of the derived seeds, what is added for each partition: the golden ratio, as a fraction of 2⁶⁴. */
    private static final long SEED_STEP = 0x9E3779B97F4A7C15L;

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
        Team team = new Team(threads);
        int pixels = Math.multiplyExact(height, width);
        return name.equals("vae") ? new Vae(vae, pixels, noiseSeed, team) : new Gan(gan, pixels, noiseSeed, team);
    }

    /** The network that turns latent vectors into images. */
    String imageNetwork() {
        return name.equals("vae") ? "decoder" : "generator";
    }

    /** All that the weights depend on besides the batches; two runs may share a state only if these are equal. */
    public String fingerprint() {
        return "%s×%s, seed %s, %s".formatted(height, width, seed, name.equals("vae") ? vae : gan);
    }
}
