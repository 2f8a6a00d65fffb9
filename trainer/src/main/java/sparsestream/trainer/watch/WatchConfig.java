package sparsestream.trainer.watch;

import java.util.Optional;
import sparsestream.model.Settings;
import sparsestream.published.HeldOut;

/**
 * How a trainer watches over what it learns.
 *
 * @param evaluateEvery steps between evaluations that the gate and rollback go by, more often in the beginning; 0 for none. What is
 *     published in between is evaluated too if the last evaluation was more than a third of these steps ago
 * @param gateBound a model is not published if its −ELBO or its Fréchet distance is more than 1 + this times that of the last good
 *     one; infinite for no such bound
 * @param rollbackAfter evaluations in a row that the gate has turned down before the model goes back to the last good one; 0 for never
 * @param rollbackRate in (0, 1], by which each rollback multiplies the learning rate
 * @param driftRate by which an alarm of drift multiplies the learning rate for a while; 1 for not at all
 * @param driftSteps how long that is
 */
public record WatchConfig(
        long evaluateEvery,
        double gateBound,
        int rollbackAfter,
        double rollbackRate,
        double driftRate,
        long driftSteps) {
    /** Evaluates at a cost of less than 5 % of the throughput, and never changes the training. */
    public static final WatchConfig DEFAULT = new WatchConfig(5_000, 1, 0, 0.5, 1, 1_000);

    /** The first evaluations come after 1/16, 1/8, 1/4 and 1/2 of the usual number of steps. */
    private static final int EARLY = 4;

    public WatchConfig {
        if (evaluateEvery < 0) {
            throw new IllegalArgumentException("--evaluate-every must be at least 0, got " + evaluateEvery);
        }
        if (!(gateBound >= 0)) {
            throw new IllegalArgumentException("--gate-bound must be at least 0, got " + gateBound);
        }
        if (rollbackAfter < 0) {
            throw new IllegalArgumentException("--rollback-after must be at least 0, got " + rollbackAfter);
        }
        if (rollbackAfter > 0 && evaluateEvery == 0) {
            throw new IllegalArgumentException("--rollback-after needs evaluations: --evaluate-every must be above 0");
        }
        if (!(rollbackRate > 0 && rollbackRate <= 1)) {
            throw new IllegalArgumentException("--rollback-rate must be above 0 and at most 1, got " + rollbackRate);
        }
        if (!(driftRate > 0) || Double.isInfinite(driftRate)) {
            throw new IllegalArgumentException("--drift-rate must be a finite number above 0, got " + driftRate);
        }
        if (driftSteps < 1) {
            throw new IllegalArgumentException("--drift-steps must be at least 1, got " + driftSteps);
        }
    }

    /** Whether the model is evaluated after so many steps. */
    boolean isDue(long step) {
        if (evaluateEvery == 0 || step == 0) {
            return false;
        }
        for (int i = 1; i <= EARLY; i++) {
            if (step == evaluateEvery >> i) {
                return true;
            }
        }
        return step % evaluateEvery == 0;
    }

    /** Steps for which an evaluation says enough of the model: a third of those between evaluations. */
    long freshSteps() {
        return evaluateEvery / 3;
    }

    /** What weights depend on, as part of the run's settings; none if watching changes nothing. */
    public Settings settings(Optional<HeldOut> heldOut) {
        Settings settings = Settings.NONE;
        if (rollbackAfter > 0) {
            settings = settings.with("rollback-after", rollbackAfter)
                    .with("evaluate-every", evaluateEvery)
                    .with("gate-bound", gateBound)
                    .with("rollback-rate", rollbackRate)
                    .with("held-out", heldOut.map(HeldOut::sha256).orElse("nothing"));
        }
        if (driftRate != 1) {
            settings = settings.with("drift-rate", driftRate).with("drift-steps", driftSteps);
        }
        return settings;
    }
}
