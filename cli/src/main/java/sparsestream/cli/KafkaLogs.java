package sparsestream.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.Context;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * What Kafka's clients write to the log: while brokers come and go, a warning for each client and attempt, which our own words say
 * once; and of what ends a service, which is its one line of error, pages. Off in {@code logback.xml}.
 */
final class KafkaLogs {
    private static final List<String> LOGGERS = List.of(
            "org.apache.kafka.clients",
            "org.apache.kafka.streams",
            "org.apache.kafka.common.network",
            "org.apache.kafka.common.security");

    private static final String SHOWN = "kafka.shown";

    private KafkaLogs() {}

    /** From now on all warnings and errors are there, with their stack traces. */
    static void show() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext loggers) {
            LOGGERS.forEach(name -> loggers.getLogger(name).setLevel(Level.WARN));
            loggers.putProperty(SHOWN, "");
        }
    }

    static boolean areShown(Context logging) {
        return logging.getProperty(SHOWN) != null;
    }
}
