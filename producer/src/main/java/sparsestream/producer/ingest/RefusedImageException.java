package sparsestream.producer.ingest;

/** A record that is no image to learn from; it goes to the dead letters. The message is one line that says why. */
public final class RefusedImageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedImageException(String message) {
        super(message);
    }

    RefusedImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
