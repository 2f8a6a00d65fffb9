package sparsestream.sampler;

/** The sampler had to stop. The message is one line with the reason. */
public final class SamplerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SamplerException(String message, Throwable cause) {
        super(message, cause);
    }
}
