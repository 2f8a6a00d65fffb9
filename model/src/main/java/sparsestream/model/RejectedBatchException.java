package sparsestream.model;

/** A batch that must not be learned; the model is as it was before. */
public final class RejectedBatchException extends Exception {
    private static final long serialVersionUID = 1L;

    public RejectedBatchException(String reason) {
        super(reason);
    }
}
