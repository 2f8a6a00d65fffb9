package sparsestream.model.layers;

import java.util.Locale;

/**
 * L1 regularisation of a network's weights: λ Σ|w|, biases exempt, with λ a function of the step alone.
 *
 * @param method how the penalty acts on the update
 * @param lambda λ ≥ 0, against a loss summed over pixels and averaged over the batch
 * @param adaptivity a ≥ 0: each weight's own λ is λ / (1 + a|w|), so that large weights are shrunk less (reweighted L1;
 *     Candès, Wakin and Boyd, 2008); 0 is plain L1
 * @param warmUpSteps λ grows linearly from 0 over this many first steps; 0 for λ at once
 * @param freezeAfterSteps from this step on a weight that is zero, or becomes zero, stays so; 0, or more than {@code
 *     debiasAfterSteps}, for not before that
 * @param debiasAfterSteps from this step on zeros stay zero and the other weights learn without shrinkage; 0 for never
 */
public record L1(
        Method method,
        double lambda,
        double adaptivity,
        long warmUpSteps,
        long freezeAfterSteps,
        long debiasAfterSteps) {
    /** No penalty. */
    public static final L1 NONE = new L1(Method.PROXIMAL, 0);

    public L1 {
        check(lambda);
        if (!(adaptivity >= 0) || Double.isInfinite(adaptivity)) {
            throw new IllegalArgumentException(
                    "the adaptivity of L1 must be a finite number of at least 0, got " + adaptivity);
        }
        if (warmUpSteps < 0 || freezeAfterSteps < 0 || debiasAfterSteps < 0) {
            throw new IllegalArgumentException("steps of the L1 schedule must be at least 0, got %s, %s and %s"
                    .formatted(warmUpSteps, freezeAfterSteps, debiasAfterSteps));
        }
    }

    /** λ from the first step to the last. */
    public L1(Method method, double lambda) {
        this(method, lambda, 0, 0);
    }

    /** Plain L1 on a schedule. */
    public L1(Method method, double lambda, long warmUpSteps, long debiasAfterSteps) {
        this(method, lambda, 0, warmUpSteps, 0, debiasAfterSteps);
    }

    /**
     * Checks a factor.
     *
     * @throws IllegalArgumentException if λ is not a finite number of at least 0
     */
    public static void check(double lambda) {
        if (!(lambda >= 0) || Double.isInfinite(lambda)) {
            throw new IllegalArgumentException("an L1 factor must be a finite number of at least 0, got " + lambda);
        }
    }

    /**
     * Checks that two networks of one model are penalised by the same rule.
     *
     * @throws IllegalArgumentException if anything but λ differs
     */
    public static void checkAlike(L1 first, L1 second) {
        if (!first.withLambda(second.lambda).equals(second)) {
            throw new IllegalArgumentException(
                    "the L1 of a model's networks may differ in λ alone, got " + first + " and " + second);
        }
    }

    /** The same with another λ. */
    public L1 withLambda(double other) {
        return new L1(method, other, adaptivity, warmUpSteps, freezeAfterSteps, debiasAfterSteps);
    }

    /** λ at the given step, counted from 0. */
    public double lambdaAt(long step) {
        if (isReached(debiasAfterSteps, step)) {
            return 0;
        }
        return step < warmUpSteps ? lambda * (step + 1) / warmUpSteps : lambda;
    }

    /** Whether, at the given step, a weight that is zero must stay so. */
    public boolean supportFrozenAt(long step) {
        return lambda > 0 && (isReached(freezeAfterSteps, step) || isReached(debiasAfterSteps, step));
    }

    /** Whether there is a step from which on zeros must stay. */
    public boolean freezes() {
        return supportFrozenAt(Long.MAX_VALUE);
    }

    private static boolean isReached(long after, long step) {
        return after > 0 && step >= after;
    }

    /** How λ Σ|w| acts on the update. */
    public enum Method {
        /**
         * After each Adam step the soft threshold in Adam's own metric, w ← sign(w)·max(|w| − lr·λ/(√v̂+ε), 0) (ProxGen; Yun,
         * Lozano and Yang, NeurIPS 2021): exact zeros at the optimum of the penalised loss.
         */
        PROXIMAL,
        /** The soft threshold lr·λ, the same for every weight: exact zeros, of another objective. */
        PROXIMAL_PLAIN,
        /** λ·sign(w) added to the gradient, as DL4J's {@code .l1()} does: no exact zeros. */
        SUBGRADIENT;

        /** The name on the command line and in a checkpoint. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
