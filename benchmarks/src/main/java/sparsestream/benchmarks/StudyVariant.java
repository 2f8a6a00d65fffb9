package sparsestream.benchmarks;

import java.util.List;
import sparsestream.model.Settings;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.vae.VaeConfig;

/**
 * One way to regularise that the study compares.
 *
 * @param first λ of Σ|w| of the encoder or generator
 * @param second λ of Σ|w| of the decoder or discriminator
 * @param activations λ of the VAE's latent means and reconstructed pixels, or of the GAN's generated pixels
 * @param decay λ of λ/2 Σw², as decoupled weight decay of both networks
 */
record StudyVariant(String name, double first, double second, double activations, double decay) {
    static final List<StudyVariant> VAE = List.of(
            new StudyVariant("none", 0, 0, 0, 0),
            new StudyVariant("L2, weights", 0, 0, 0, 0.3),
            new StudyVariant("L1, weights", 1e-3, 1e-3, 0, 0),
            new StudyVariant("L1, encoder", 1e-3, 0, 0, 0),
            new StudyVariant("L1, decoder", 0, 1e-3, 0, 0),
            new StudyVariant("L1, activations", 0, 0, 0.1, 0),
            new StudyVariant("L1, both", 1e-3, 1e-3, 0.1, 0));

    static final List<StudyVariant> GAN = List.of(
            new StudyVariant("none", 0, 0, 0, 0),
            new StudyVariant("L2, weights", 0, 0, 0, 0.3),
            new StudyVariant("L1, weights", 2e-5, 2e-4, 0, 0),
            new StudyVariant("L1, generator", 2e-5, 0, 0, 0),
            new StudyVariant("L1, discriminator", 0, 2e-4, 0, 0),
            new StudyVariant("L1, activations", 0, 0, 1e-3, 0),
            new StudyVariant("L1, both", 2e-5, 2e-4, 1e-3, 0));

    VaeConfig vae() {
        return Architecture.SEED
                .vae()
                .with(Settings.NONE
                        .with("l1-encoder", first)
                        .with("l1-decoder", second)
                        .with("l1-latent", activations)
                        .with("l1-reconstruction", activations / 100));
    }

    /** With the learning rates that the study's λ were chosen for. */
    GanConfig gan() {
        return Architecture.SEED
                .gan()
                .with(Settings.NONE
                        .with("learning-rate", 4e-3)
                        .with("discriminator-rate", 4e-3)
                        .with("l1-generator", first)
                        .with("l1-discriminator", second)
                        .with("l1-output", activations)
                        .with("l1-adaptivity", 0)
                        .with("l1-warm-up", 0));
    }
}
