package sparsestream.producer.ingest;

import org.slf4j.event.Level;
import sparsestream.kafka.RefusedRecordException;

/** A record that is no image to learn from; it goes to the dead letters. The message is one line that says why. */
public final class RefusedImageException extends RefusedRecordException {
    private static final long serialVersionUID = 1L;

    RefusedImageException(String message) {
        this(message, null);
    }

    RefusedImageException(String message, Throwable cause) {
        super(Level.DEBUG, message, cause);
    }
}
