package sparsestream.cli;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import sparsestream.kafka.Reason;

/** Ends a line of the log with the cause of an error; with {@code --verbose} its stack trace follows. */
public final class CauseConverter extends ThrowableProxyConverter {
    @Override
    public String convert(ILoggingEvent event) {
        if (!(event.getThrowableProxy() instanceof ThrowableProxy logged)) {
            return System.lineSeparator();
        }
        String cause = ": " + Reason.of(logged.getThrowable()) + System.lineSeparator();
        return KafkaLogs.areShown(getContext()) ? cause + super.convert(event) : cause;
    }
}
