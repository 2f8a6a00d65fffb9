package sparsestream.model.evaluation;

import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.EigenDecompositionSymmetric;
import org.hipparchus.linear.RealMatrix;

/**
 * The squared Fréchet distance between two sets of features taken as Gaussians (Dowson and Landau, 1982; Heusel et al., 2017,
 * equation 6):
 *
 * <pre>
 *   d² = |μ₁ − μ₂|² + Tr(Σ₁ + Σ₂ − 2 (Σ₁^½ Σ₂ Σ₁^½)^½)
 * </pre>
 *
 * Its estimate is biased upwards, the more so the fewer images there are: compare only figures of equal counts, and beside that of
 * real images against other real ones.
 */
public final class FrechetDistance {
    private final Gaussian real;
    private final RealMatrix rootOfReal;

    /** @throws IllegalArgumentException if there are fewer than two images */
    public FrechetDistance(Features real) {
        this.real = Gaussian.of(real);
        this.rootOfReal = squareRoot(new Array2DRowRealMatrix(this.real.covariance(), false));
    }

    /**
     * To another set of features; not a number if one of those is not finite.
     *
     * @throws IllegalArgumentException if there are fewer than two images, or their features are of another width
     */
    public double to(Features others) {
        Gaussian other = Gaussian.of(others);
        if (other.mean().length != real.mean().length) {
            throw new IllegalArgumentException(
                    "features of " + other.mean().length + " and of " + real.mean().length + " dimensions");
        }
        double distance = 0;
        for (int i = 0; i < real.mean().length; i++) {
            double difference = real.mean()[i] - other.mean()[i];
            distance += difference * difference + real.covariance()[i][i] + other.covariance()[i][i];
        }
        if (!Double.isFinite(distance)) {
            return Double.NaN;
        }
        RealMatrix product = rootOfReal
                .multiply(new Array2DRowRealMatrix(other.covariance(), false))
                .multiply(rootOfReal);
        for (double eigenvalue : new EigenDecompositionSymmetric(symmetric(product)).getEigenvalues()) {
            distance -= 2 * Math.sqrt(Math.max(0, eigenvalue));
        }
        return Math.max(0, distance);
    }

    /** V diag(√λ) Vᵀ of a positive semidefinite matrix; eigenvalues that rounding has made negative count as zero. */
    private static RealMatrix squareRoot(RealMatrix matrix) {
        EigenDecompositionSymmetric eigen = new EigenDecompositionSymmetric(symmetric(matrix));
        RealMatrix scaled = eigen.getV().copy();
        for (int column = 0; column < scaled.getColumnDimension(); column++) {
            double root = Math.sqrt(Math.max(0, eigen.getEigenvalue(column)));
            scaled.setColumnVector(column, scaled.getColumnVector(column).mapMultiply(root));
        }
        return scaled.multiply(eigen.getVT());
    }

    /** ½ (A + Aᵀ), which rounding has made a little different from A. */
    private static RealMatrix symmetric(RealMatrix matrix) {
        return matrix.add(matrix.transpose()).scalarMultiply(0.5);
    }
}
