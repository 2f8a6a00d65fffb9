package sparsestream.producer.ingest;

/** Ingest had to stop. The message is one line that says why. */
public final class IngestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IngestException(String message, Throwable cause) {
        super(message, cause);
    }
}
