package sparsestream.sampler;

/** A request that says something, but not what this sampler can do. The message is for who asked. */
final class UnanswerableRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    UnanswerableRequestException(String message) {
        super(message);
    }

    UnanswerableRequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
