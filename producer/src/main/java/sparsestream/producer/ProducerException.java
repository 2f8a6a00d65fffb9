package sparsestream.producer;

/** The producer had to stop. The message is one line that names the topic and the reason. */
public final class ProducerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ProducerException(String message, Throwable cause) {
        super(message, cause);
    }
}
