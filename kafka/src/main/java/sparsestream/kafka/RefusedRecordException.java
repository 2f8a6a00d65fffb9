package sparsestream.kafka;

import org.slf4j.event.Level;

/**
 * A record that a topology can never use. {@link RefusedRecordHandler} makes a dead letter of it, and the topology goes on. The message
 * is one line that says why.
 */
public abstract class RefusedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Level level;

    /** @param level of the line in the log */
    protected RefusedRecordException(Level level, String message, Throwable cause) {
        super(message, cause);
        this.level = level;
    }

    final Level level() {
        return level;
    }
}
