package sparsestream.cli;

/** There is no such version, or no longer: exit status 1. */
final class MissingVersionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingVersionException(String message) {
        super(message);
    }
}
