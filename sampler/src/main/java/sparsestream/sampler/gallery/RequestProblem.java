package sparsestream.sampler.gallery;

import io.javalin.http.HttpStatus;

/** A request that cannot be answered; the message tells the client why. */
final class RequestProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final HttpStatus status;

    RequestProblem(HttpStatus status, String message) {
        super(message);
        this.status = status;
    }

    HttpStatus status() {
        return status;
    }
}
