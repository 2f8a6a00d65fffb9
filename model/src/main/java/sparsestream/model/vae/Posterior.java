package sparsestream.model.vae;

/**
 * The encoder's q(z|x) = N(μ, σ²), a diagonal Gaussian for each row of codes [rows, 2 · latent]: the means, then the logarithms of
 * the variances, which count within bounds.
 */
final class Posterior {
    /** Bounds of log σ²: beyond them σ² is constant, so that no finite weights make it infinite. */
    private static final float MIN_LOG_VARIANCE = -30f;

    private static final float MAX_LOG_VARIANCE = 20f;

    private Posterior() {}

    /** z = μ + σ·ε (Kingma and Welling, 2014, equation 4) for one row of codes [rows, 2 · latent]. */
    static void reparameterize(float[] code, float[] z, float[] noise, int row, int latent) {
        for (int i = 0; i < latent; i++) {
            float mean = code[row * 2 * latent + i];
            float deviation = deviation(code[row * 2 * latent + latent + i]);
            z[row * latent + i] = mean + deviation * noise[row * latent + i];
        }
    }

    /** KL(N(μ, σ²) ‖ N(0, 1)) = ½ Σ (μ² + σ² − 1 − log σ²) (Kingma and Welling, 2014, appendix B) of one row of codes. */
    static double klDivergence(float[] code, int row, int latent) {
        double divergence = 0;
        for (int i = 0; i < latent; i++) {
            float mean = code[row * 2 * latent + i];
            float logVariance = clamp(code[row * 2 * latent + latent + i]);
            float deviation = deviation(logVariance);
            divergence += 0.5 * ((double) mean * mean + (double) deviation * deviation - 1 - logVariance);
        }
        return divergence;
    }

    /** From ∂/∂z to ∂/∂(μ, log σ²), the divergence's own gradient added: μ and ½ (σ² − 1), and that of λ|μ|. */
    static void backward(
            float[] code,
            float[] delta,
            float[] latentDelta,
            float[] noise,
            int row,
            int latent,
            float scale,
            float latentL1) {
        for (int i = 0; i < latent; i++) {
            int mean = row * 2 * latent + i;
            int logVariance = mean + latent;
            float dz = latentDelta[row * latent + i];
            delta[mean] = dz + scale * (code[mean] + latentL1 * Math.signum(code[mean]));
            float bounded = clamp(code[logVariance]);
            float deviation = deviation(bounded);
            delta[logVariance] = bounded == code[logVariance]
                    ? 0.5f * (dz * noise[row * latent + i] * deviation + scale * (deviation * deviation - 1f))
                    : 0f;
        }
    }

    private static float deviation(float logVariance) {
        return (float) StrictMath.exp(0.5 * clamp(logVariance));
    }

    static float clamp(float logVariance) {
        return Math.max(MIN_LOG_VARIANCE, Math.min(MAX_LOG_VARIANCE, logVariance));
    }
}
