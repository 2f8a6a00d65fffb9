package sparsestream.producer;

/** No mirror gave a dataset's file. The message is one line with each mirror's failure. */
public final class DownloadException extends DatasetException {
    private static final long serialVersionUID = 1L;

    public DownloadException(String message) {
        super(message);
    }

    public DownloadException(String message, Throwable cause) {
        super(message, cause);
    }
}
