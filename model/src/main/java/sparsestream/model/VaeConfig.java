package sparsestream.model;

import java.util.List;

/**
 * A variational autoencoder: encoder pixels → hidden → (mean, log-variance), decoder latent → hidden reversed → pixels.
 *
 * @param hidden widths of the encoder's hidden layers
 * @param latent dimensions of the latent space
 * @param latentL1 λ of λ Σ|μ|, on the activations that are the latent mean; 0 for none
 * @param reconstructionL1 λ of λ Σ|p|, on the reconstructed pixels p in [0, 1]; 0 for none
 */
public record VaeConfig(
        List<Integer> hidden,
        int latent,
        AdamConfig adam,
        L1 encoderL1,
        L1 decoderL1,
        double latentL1,
        double reconstructionL1) {
    public VaeConfig {
        hidden = List.copyOf(hidden);
        Widths.check(hidden, latent);
        L1.check(latentL1);
        L1.check(reconstructionL1);
    }

    /** Without a penalty on activations. */
    public VaeConfig(List<Integer> hidden, int latent, AdamConfig adam, L1 encoderL1, L1 decoderL1) {
        this(hidden, latent, adam, encoderL1, decoderL1, 0, 0);
    }

    /** The seed architecture, 784-128-256, latent 32, learning rate 10⁻³. */
    public static VaeConfig seed() {
        return new VaeConfig(List.of(128, 256), 32, AdamConfig.of(1e-3), L1.NONE, L1.NONE);
    }

    /** Two hidden layers of 512. */
    public static VaeConfig wide() {
        return new VaeConfig(List.of(512, 512), 32, AdamConfig.of(1e-3), L1.NONE, L1.NONE);
    }

    /** The same with another optimiser. */
    public VaeConfig withAdam(AdamConfig other) {
        return new VaeConfig(hidden, latent, other, encoderL1, decoderL1, latentL1, reconstructionL1);
    }

    /** The same with other penalties on weights. */
    public VaeConfig withL1(L1 encoder, L1 decoder) {
        return new VaeConfig(hidden, latent, adam, encoder, decoder, latentL1, reconstructionL1);
    }

    /** The same with other penalties on activations. */
    public VaeConfig withActivationL1(double latentMean, double reconstruction) {
        return new VaeConfig(hidden, latent, adam, encoderL1, decoderL1, latentMean, reconstruction);
    }
}
