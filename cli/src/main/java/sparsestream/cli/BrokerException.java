package sparsestream.cli;

/** The embedded broker cannot start or was stopped by a fault; the message is one line for the user. */
public final class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
