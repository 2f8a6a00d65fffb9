package sparsestream.producer;

/** The producer had to stop. The message is one line that names the topic and the reason. */
public final class ProducerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProducerException(String message) {
        super(message);
    }

    public ProducerException(String message, Throwable cause) {
        super(message, cause);
    }
}
