package sparsestream.cli;

/** Options that make no sense, alone or together: exit status 2. */
final class UsageException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
