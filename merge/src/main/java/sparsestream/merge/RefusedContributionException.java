package sparsestream.merge;

import org.slf4j.event.Level;
import sparsestream.kafka.RefusedRecordException;

/** A contribution that can never be merged; it goes to the dead letters. The message is one line that says why. */
public final class RefusedContributionException extends RefusedRecordException {
    private static final long serialVersionUID = 1L;

    RefusedContributionException(String message) {
        this(message, null);
    }

    RefusedContributionException(String message, Throwable cause) {
        // Its replica waits for nothing now, so whoever runs this has to know.
        super(Level.WARN, message, cause);
    }
}
