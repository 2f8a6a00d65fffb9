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

    StreamModel create(int threads) {
        Team team = new Team(threads);
        int pixels = Math.multiplyExact(height, width);
        return name.equals("vae") ? new Vae(vae, pixels, seed, team) : new Gan(gan, pixels, seed, team);
    }

    /** The network that turns latent vectors into images. */
    String imageNetwork() {
        return name.equals("vae") ? "decoder" : "generator";
    }

    /** All that the weights depend on besides the batches; two runs may share a state only if these are equal. */
    String fingerprint() {
        return "%d×%d, seed %d, %s".formatted(height, width, seed, name.equals("vae") ? vae : gan);
    }
}
