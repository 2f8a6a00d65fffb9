package sparsestream.trainer.watch;

import sparsestream.model.evaluation.Evaluation;

/** Something that watching has found, and what was done about it. */
public sealed interface Notice {
    /** The model was evaluated and may be published. */
    record Accepted(Evaluation evaluation) implements Notice {}

    /**
     * The model must not be published.
     *
     * @param step after which it is refused, for what it was worth at the evaluation's step
     */
    record Refused(long step, Evaluation evaluation, String reason) implements Notice {}

    /**
     * After several refusals the model went back to what it was after an earlier step.
     *
     * @param rateScale by which the learning rate is multiplied from now on
     */
    record RolledBack(long step, long toStep, int refusals, double rateScale) implements Notice {}

    /**
     * The stream has changed.
     *
     * @param detector {@code page-hinkley} or {@code adwin}
     * @param loss of the batch, before it was learned
     * @param prequentialLoss of the batches before it, faded
     */
    record Drift(long step, String detector, double loss, double prequentialLoss) implements Notice {}
}
