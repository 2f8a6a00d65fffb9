package sparsestream.model.evaluation;

/**
 * The prequential loss with a fading factor (Gama, Sebastião and Rodrigues, 2013, section 3.3): each batch is scored before it is
 * learned, and older scores L count less and less:
 *
 * <pre>
 *   S ← L + αS      B ← 1 + αB      estimate S/B
 * </pre>
 *
 * which looks back over about 1/(1 − α) batches.
 *
 * @param alpha α, in (0, 1)
 * @param sum S
 * @param weight B
 */
public record FadingAverage(double alpha, double sum, double weight) {
    /** About the last 200 batches. */
    public static final double DEFAULT_ALPHA = 0.995;

    public FadingAverage {
        if (!(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException("a fading factor must be between 0 and 1, got " + alpha);
        }
    }

    public static FadingAverage empty(double alpha) {
        return new FadingAverage(alpha, 0, 0);
    }

    public FadingAverage plus(double loss) {
        return new FadingAverage(alpha, loss + alpha * sum, 1 + alpha * weight);
    }

    /** Not a number before the first loss. */
    public double estimate() {
        return sum / weight;
    }
}
