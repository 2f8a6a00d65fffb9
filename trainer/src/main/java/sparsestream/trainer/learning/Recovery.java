package sparsestream.trainer.learning;

/**
 * What a trainer does about a past that it can't simply go on from.
 *
 * @param reset forget the state once, at the start, and begin anew with the first record of each partition
 * @param onDataLoss when records were deleted before they were learned
 * @param acceptChanges go on with a recipe that differs from the one that the state was learned with
 */
public record Recovery(boolean reset, OnDataLoss onDataLoss, boolean acceptChanges) {
    /** Goes on from the state that is there, or not at all. */
    public static final Recovery STRICT = new Recovery(false, OnDataLoss.STOP, false);

    public Recovery(boolean reset, OnDataLoss onDataLoss) {
        this(reset, onDataLoss, false);
    }

    /** The same, but for a recipe that differs. */
    public Recovery acceptingChanges() {
        return new Recovery(reset, onDataLoss, true);
    }

    /** What to do when records were deleted before they were learned. */
    public enum OnDataLoss {
        /** Ends with an error that says how many. */
        STOP,
        /** Counts them and goes on with the first that is left. */
        CONTINUE
    }
}
