package sparsestream.trainer;

/** The trainer can't go on; the message is one line for the user. */
public final class TrainerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TrainerException(String message) {
        super(message);
    }

    TrainerException(String message, Throwable cause) {
        super(message, cause);
    }
}
