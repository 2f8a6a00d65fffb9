package sparsestream.merge;

/** Merging, or making it again, had to stop. The message is one line that says why. */
public final class MergeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MergeException(String message) {
        super(message);
    }

    MergeException(String message, Throwable cause) {
        super(message, cause);
    }
}
