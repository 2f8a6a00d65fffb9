package sparsestream.model.gan;

/** The non-saturating loss (Goodfellow et al., 2014, section 3) of one logit D of the discriminator: softplus(∓D). */
final class AdversarialLoss {
    private AdversarialLoss() {}

    /** What it costs that an image with this logit should be taken for real, or for a fake. */
    static double of(float logit, boolean real) {
        double x = real ? -logit : logit;
        return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
    }

    /** ∂/∂D of that, for one of {@code count} images. */
    static float slope(float logit, boolean real, int count) {
        double probability = 1 / (1 + StrictMath.exp(-logit));
        return (float) ((real ? probability - 1 : probability) / count);
    }
}
