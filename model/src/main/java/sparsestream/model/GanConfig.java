package sparsestream.model;

import java.util.List;

/**
 * A generative adversarial network: generator latent → hidden → pixels, discriminator pixels → hidden → one logit.
 *
 * @param latent dimensions of the latent space
 * @param outputL1 λ of λ Σ|G(z)|, on the generated pixels in [0, 1]; 0 for none
 * @param r1Gamma γ of the gradient penalty on real images, γ/2 E‖∇ₓD(x)‖²; 0 for none
 * @param r1Interval the penalty is applied every so many steps, with γ multiplied by it
 * @param emaDecay decay of the generator's moving average, which is what is published; 0 publishes the generator itself
 */
public record GanConfig(
        int latent,
        List<Integer> generatorHidden,
        List<Integer> discriminatorHidden,
        AdamConfig generatorAdam,
        AdamConfig discriminatorAdam,
        L1 generatorL1,
        L1 discriminatorL1,
        double outputL1,
        double r1Gamma,
        int r1Interval,
        double emaDecay) {

    public GanConfig {
        generatorHidden = List.copyOf(generatorHidden);
        discriminatorHidden = List.copyOf(discriminatorHidden);
        Widths.check(generatorHidden, latent);
        Widths.check(discriminatorHidden, latent);
        L1.check(outputL1);
        if (!(r1Gamma >= 0) || Double.isInfinite(r1Gamma)) {
            throw new IllegalArgumentException("R1's gamma must be a finite number of at least 0, got " + r1Gamma);
        }
        if (r1Interval < 1) {
            throw new IllegalArgumentException("R1's interval must be at least 1, got " + r1Interval);
        }
        if (!(emaDecay >= 0 && emaDecay < 1)) {
            throw new IllegalArgumentException(
                    "the decay of the generator's average must be in [0, 1), got " + emaDecay);
        }
    }

    /** Without a penalty on activations. */
    public GanConfig(
            int latent,
            List<Integer> generatorHidden,
            List<Integer> discriminatorHidden,
            AdamConfig generatorAdam,
            AdamConfig discriminatorAdam,
            L1 generatorL1,
            L1 discriminatorL1,
            double r1Gamma,
            int r1Interval,
            double emaDecay) {
        this(
                latent,
                generatorHidden,
                discriminatorHidden,
                generatorAdam,
                discriminatorAdam,
                generatorL1,
                discriminatorL1,
                0,
                r1Gamma,
                r1Interval,
                emaDecay);
    }

    /**
     * The seed architecture with R1 (γ = 0.3 every second step), an averaged generator, and Adam without a first moment, with
     * learning rates that fall to a tenth: from 8·10⁻³ for the generator, from 10⁻³ for the discriminator.
     */
    public static GanConfig seed() {
        AdamConfig generatorAdam = new AdamConfig(8e-3, 0, 0.99, 1e-8, 0.1, 2_500);
        return new GanConfig(
                100,
                List.of(128, 256),
                List.of(256, 256),
                generatorAdam,
                generatorAdam.withLearningRate(1e-3),
                L1.NONE,
                L1.NONE,
                0,
                0.3,
                2,
                0.999);
    }

    /** All hidden layers 512 wide, with learning rates that fall from 2·10⁻³ for the generator and 10⁻³ for the discriminator. */
    public static GanConfig wide() {
        GanConfig seed = seed();
        return new GanConfig(
                100,
                List.of(512, 512),
                List.of(512, 512),
                seed.generatorAdam.withLearningRate(2e-3),
                seed.discriminatorAdam,
                L1.NONE,
                L1.NONE,
                0,
                seed.r1Gamma,
                seed.r1Interval,
                seed.emaDecay);
    }

    /** The same with other penalties. */
    public GanConfig withL1(L1 generator, L1 discriminator) {
        return new GanConfig(
                latent,
                generatorHidden,
                discriminatorHidden,
                generatorAdam,
                discriminatorAdam,
                generator,
                discriminator,
                outputL1,
                r1Gamma,
                r1Interval,
                emaDecay);
    }

    /** The same with other learning rates at the first step. */
    public GanConfig withLearningRates(double generator, double discriminator) {
        return new GanConfig(
                latent,
                generatorHidden,
                discriminatorHidden,
                generatorAdam.withLearningRate(generator),
                discriminatorAdam.withLearningRate(discriminator),
                generatorL1,
                discriminatorL1,
                outputL1,
                r1Gamma,
                r1Interval,
                emaDecay);
    }

    /** The same with another penalty on the generated pixels. */
    public GanConfig withOutputL1(double lambda) {
        return new GanConfig(
                latent,
                generatorHidden,
                discriminatorHidden,
                generatorAdam,
                discriminatorAdam,
                generatorL1,
                discriminatorL1,
                lambda,
                r1Gamma,
                r1Interval,
                emaDecay);
    }

    /** The same with another gradient penalty. */
    public GanConfig withR1(double gamma, int interval) {
        return new GanConfig(
                latent,
                generatorHidden,
                discriminatorHidden,
                generatorAdam,
                discriminatorAdam,
                generatorL1,
                discriminatorL1,
                outputL1,
                gamma,
                interval,
                emaDecay);
    }
}
