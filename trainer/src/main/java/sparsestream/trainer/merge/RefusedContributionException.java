package sparsestream.trainer.merge;

/** A contribution that can never be merged; it goes to the dead letters. The message is one line that says why. */
public final class RefusedContributionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedContributionException(String message) {
        super(message);
    }

    RefusedContributionException(String message, Throwable cause) {
        super(message, cause);
    }
}
