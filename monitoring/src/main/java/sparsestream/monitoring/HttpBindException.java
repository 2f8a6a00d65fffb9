package sparsestream.monitoring;

/** The HTTP server cannot listen where it was told to; the message is one line for the user. */
public final class HttpBindException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HttpBindException(HttpAddress address, String reason, Throwable cause) {
        super("cannot listen for HTTP on " + address + ": " + reason, cause);
    }
}
