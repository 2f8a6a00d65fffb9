package sparsestream.model.layers;

/**
 * Settings of {@link Adam}.
 *
 * @param learningRate lr &gt; 0, that of the first step
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon ε &gt; 0, added to √v̂
 * @param rateFloor share of lr, in (0, 1], that the learning rate falls towards and that is left to a stream without an end
 * @param decaySteps steps in which what lr is above that falls to 1/e; 0 for a constant learning rate
 */
public record AdamConfig(
        double learningRate, double beta1, double beta2, double epsilon, double rateFloor, long decaySteps) {
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
        if (!(rateFloor > 0 && rateFloor <= 1)) {
            throw new IllegalArgumentException(
                    "the floor of the learning rate must be above 0 and at most 1, got " + rateFloor);
        }
        if (decaySteps < 0) {
            throw new IllegalArgumentException(
                    "the steps in which the learning rate decays must be at least 0, got " + decaySteps);
        }
    }

    /** With a constant learning rate. */
    public AdamConfig(double learningRate, double beta1, double beta2, double epsilon) {
        this(learningRate, beta1, beta2, epsilon, 1, 0);
    }

    /** The usual decays, 0.9 and 0.999, and ε = 10⁻⁸. */
    public static AdamConfig of(double learningRate) {
        return new AdamConfig(learningRate, 0.9, 0.999, 1e-8);
    }

    /** The same with another learning rate at the first step. */
    public AdamConfig withLearningRate(double rate) {
        return new AdamConfig(rate, beta1, beta2, epsilon, rateFloor, decaySteps);
    }

    /** The same with another decay of the first moment. */
    public AdamConfig withBeta1(double decay) {
        return new AdamConfig(learningRate, decay, beta2, epsilon, rateFloor, decaySteps);
    }

    /** The same with a learning rate that falls to a share of what it was. */
    public AdamConfig withDecay(double floor, long steps) {
        return new AdamConfig(learningRate, beta1, beta2, epsilon, floor, steps);
    }

    /** lr · (floor + (1 − floor) · e^(−step/decaySteps)), at the given step, counted from 0. */
    public double rateAt(long step) {
        if (decaySteps == 0) {
            return learningRate;
        }
        return learningRate * (rateFloor + (1 - rateFloor) * StrictMath.exp(-(double) step / decaySteps));
    }
}
