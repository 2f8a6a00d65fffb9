package sparsestream.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;

/** Keeps out what Kafka warns of on every start and stop of a broker that is its own controller, and what is said elsewhere. */
public final class HarmlessWarnings extends Filter<ILoggingEvent> {
    private static final List<String> MESSAGES = List.of(
            "Performing controller activation",
            // The same is the one line of error that a command ends with.
            "Fatal error during broker startup",
            "Attempting to close NetworkClient that has already been closed",
            // It is enabled, and there is no such thread; Kafka Streams asks a configuration of its own making.
            "Processing exception handler is not enabled for the GlobalThread");

    @Override
    public FilterReply decide(ILoggingEvent event) {
        String message = event.getMessage();
        return message != null && MESSAGES.stream().anyMatch(message::contains)
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }
}
