package sparsestream.producer;

/** A dataset cannot be used. The message is one line that names the file or dataset and says what is wrong with it. */
public class DatasetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DatasetException(String message) {
        super(message);
    }

    public DatasetException(String message, Throwable cause) {
        super(message, cause);
    }
}
