package sparsestream.model;

import java.util.List;

/**
 * A variational autoencoder: encoder pixels → hidden → (mean, log-variance), decoder latent → hidden reversed → pixels.
 *
 * @param hidden widths of the encoder's hidden layers
 * @param latent dimensions of the latent space
 */
public record VaeConfig(List<Integer> hidden, int latent, AdamConfig adam, L1 encoderL1, L1 decoderL1) {
    public VaeConfig {
        hidden = List.copyOf(hidden);
        Widths.check(hidden, latent);
    }

    /** The seed architecture, 784-128-256, latent 32, learning rate 10⁻³. */
    public static VaeConfig seed() {
        return new VaeConfig(List.of(128, 256), 32, AdamConfig.of(1e-3), L1.NONE, L1.NONE);
    }

    /** Two hidden layers of 512. */
    public static VaeConfig wide() {
        return new VaeConfig(List.of(512, 512), 32, AdamConfig.of(1e-3), L1.NONE, L1.NONE);
    }

    /** The same with other penalties. */
    public VaeConfig withL1(L1 encoder, L1 decoder) {
        return new VaeConfig(hidden, latent, adam, encoder, decoder);
    }
}
