package sparsestream.sampler;

/** What was asked for cannot be done, or can't go on. The message is one line with the reason. */
public final class SamplerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SamplerException(String message) {
        this(message, null);
    }

    SamplerException(String message, Throwable cause) {
        super(message, cause);
    }
}
