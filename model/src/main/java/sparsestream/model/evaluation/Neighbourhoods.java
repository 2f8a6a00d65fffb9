package sparsestream.model.evaluation;

import java.util.Arrays;

/**
 * Density and coverage of generated images among real ones (Naeem et al., 2020, equations 5 and 8). Around each of N real images
 * X_i is the ball B_i that reaches to its k-th nearest real neighbour; for M generated images Y_j
 *
 * <pre>
 *   density  = 1/(k M) Σ_j Σ_i 1[Y_j ∈ B_i]        coverage = 1/N Σ_i 1[some Y_j ∈ B_i]
 * </pre>
 *
 * Images as good as real ones have a density of about 1 and a coverage near 1 − 2⁻ᵏ where N = M. Images of one kind only can
 * have a high density, but not a high coverage.
 */
public final class Neighbourhoods {
    private final int count;
    private final int width;
    private final int k;
    /** [width][count], so that the loop over images is one that the JIT turns into vector instructions. */
    private final float[][] real;
    /** [count], squared. */
    private final float[] radii;

    /** What is told of some generated images. */
    public record Measures(double density, double coverage) {}

    /** @throws IllegalArgumentException unless 1 ≤ k &lt; count */
    public Neighbourhoods(Features real, int k) {
        if (k < 1 || k >= real.count()) {
            throw new IllegalArgumentException(
                    "the " + k + "-th neighbour among " + real.count() + " images does not exist");
        }
        this.count = real.count();
        this.width = real.width();
        this.k = k;
        this.real = transposed(real);
        this.radii = new float[count];
        float[] distances = new float[count];
        for (int i = 0; i < count; i++) {
            squaredDistances(real.values(), i * width, this.real, distances);
            // The nearest of all is the image itself.
            Arrays.sort(distances);
            radii[i] = distances[k];
        }
    }

    /**
     * Of generated images among the real ones.
     *
     * @throws IllegalArgumentException if the features are of another width
     */
    public Measures of(Features generated) {
        if (generated.width() != width) {
            throw new IllegalArgumentException("features of " + generated.width() + " and of " + width + " dimensions");
        }
        long inside = 0;
        boolean[] covered = new boolean[count];
        float[] distances = new float[count];
        for (int j = 0; j < generated.count(); j++) {
            squaredDistances(generated.values(), j * width, real, distances);
            for (int i = 0; i < count; i++) {
                if (distances[i] <= radii[i]) {
                    inside++;
                    covered[i] = true;
                }
            }
        }
        int balls = 0;
        for (boolean one : covered) {
            balls += one ? 1 : 0;
        }
        return new Measures((double) inside / ((double) k * generated.count()), (double) balls / count);
    }

    private static float[][] transposed(Features features) {
        float[][] columns = new float[features.width()][features.count()];
        for (int row = 0; row < features.count(); row++) {
            for (int i = 0; i < features.width(); i++) {
                columns[i][row] = features.values()[row * features.width() + i];
            }
        }
        return columns;
    }

    private static void squaredDistances(float[] point, int from, float[][] columns, float[] distances) {
        Arrays.fill(distances, 0);
        for (int i = 0; i < columns.length; i++) {
            addSquares(distances, columns[i], point[from + i]);
        }
    }

    private static void addSquares(float[] distances, float[] column, float value) {
        for (int i = 0; i < distances.length; i++) {
            distances[i] += (column[i] - value) * (column[i] - value);
        }
    }
}
