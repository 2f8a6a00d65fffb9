package sparsestream.published;

/** What was asked for is not there, cannot be read, or is not what it should be. The message is one line with the reason. */
public final class PublishedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PublishedException(String message) {
        this(message, null);
    }

    PublishedException(String message, Throwable cause) {
        super(message, cause);
    }
}
