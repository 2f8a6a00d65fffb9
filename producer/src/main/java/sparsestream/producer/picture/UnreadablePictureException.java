package sparsestream.producer.picture;

/** A file that can't be read as a viewer shows it. The message is one line that says why. */
public final class UnreadablePictureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadablePictureException(String message) {
        super(message);
    }

    UnreadablePictureException(String message, Throwable cause) {
        super(message, cause);
    }
}
