package sparsestream.cli.fault;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;

/**
 * Stands still in the Kafka client itself, which has no hook around a commit but logs what it does: {@code commit} is just
 * before the request to commit leaves, when all records and the offsets have been written; {@code committed} is when the
 * broker has answered and the caller does not know it yet.
 */
public final class CommitStandstill extends AppenderBase<ILoggingEvent> {
    private final Standstill standstill = new Standstill();

    @Override
    protected void append(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        if (message.contains("Sending transactional request EndTxn") && message.contains("committed=true")) {
            standstill.reached("commit");
        } else if (message.contains("Transition from state COMMITTING_TRANSACTION to ")) {
            standstill.reached("committed");
        }
    }
}
