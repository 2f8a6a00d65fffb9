package sparsestream.trainer.learning;

/**
 * What a trainer does about a past that it can't simply go on from.
 *
 * @param reset forget the state once, at the start, and begin anew with the first record of each partition
 * @param onDataLoss when records were deleted before they were learned
 */
public record Recovery(boolean reset, OnDataLoss onDataLoss) {
    /** Goes on from the state that is there, or not at all. */
    public static final Recovery STRICT = new Recovery(false, OnDataLoss.STOP);

    /** What to do when records were deleted before they were learned. */
    public enum OnDataLoss {
        /** Ends with an error that says how many. */
        STOP,
        /** Counts them and goes on with the first that is left. */
        CONTINUE
    }
}
