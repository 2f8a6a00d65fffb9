package sparsestream.model;

/**
 * Settings of {@link Adam}.
 *
 * @param learningRate lr &gt; 0
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon ε &gt; 0, added to √v̂
 */
public record AdamConfig(double learningRate, double beta1, double beta2, double epsilon) {
    public AdamConfig {
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException(
                    "the learning rate must be a finite number above 0, got " + learningRate);
        }
        if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1)) {
            throw new IllegalArgumentException("Adam's decays must be in [0, 1), got " + beta1 + " and " + beta2);
        }
        if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
            throw new IllegalArgumentException("Adam's epsilon must be a finite number above 0, got " + epsilon);
        }
    }

    /** The usual decays, 0.9 and 0.999, and ε = 10⁻⁸. */
    public static AdamConfig of(double learningRate) {
        return new AdamConfig(learningRate, 0.9, 0.999, 1e-8);
    }

    /** The same with another decay of the first moment; GANs use 0.5. */
    public AdamConfig withBeta1(double decay) {
        return new AdamConfig(learningRate, decay, beta2, epsilon);
    }
}
