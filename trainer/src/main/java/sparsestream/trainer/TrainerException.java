package sparsestream.trainer;

/** The trainer can't go on; the message is one line for the user. */
public final class TrainerException extends RuntimeException {
    /** What helps when a state can't be used. */
    public static final String ADVICE = "start once with --reset-state to begin anew, or give another --run-id";

    private static final long serialVersionUID = 1L;

    public TrainerException(String message) {
        super(message);
    }

    public TrainerException(String message, Throwable cause) {
        super(message, cause);
    }
}
