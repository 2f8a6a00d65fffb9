package sparsestream.merge;

/**
 * Settings of the outer step, stochastic gradient descent with Nesterov momentum on what a round has changed (DiLoCo; Douillard et
 * al., 2023).
 *
 * @param learningRate η &gt; 0; 1 without momentum is plain averaging
 * @param momentum μ in [0, 1)
 */
public record OuterStep(double learningRate, double momentum) {
    public OuterStep {
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException(
                    "--outer-learning-rate must be a finite number above 0, got " + learningRate);
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("--outer-momentum must be in [0, 1), got " + momentum);
        }
    }
}
