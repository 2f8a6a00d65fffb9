package sparsestream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OutageTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(Outage.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private long nowNanos;
    private final Outage outage = new Outage("broker:9092", () -> nowNanos);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    @Test
    void ofManyPartsAndAttemptsThereIsOneLineAtTheBeginningAndOneAtTheEnd() {
        for (int second = 0; second < 15; second++) {
            outage.silence("probe", Optional.empty());
            outage.trouble("trainer-vae", "Timed out waiting for a node assignment");
            outage.trouble("trainer-gan", "Timed out waiting for a node assignment");
            pass(1_000);
        }
        outage.over("trainer-gan");
        outage.over("probe");
        outage.over("trainer-vae");
        outage.over("trainer-vae");

        assertThat(lines())
                .containsExactly(
                        "WARN the brokers at broker:9092 do not answer; waiting for them",
                        "INFO the brokers at broker:9092 answer again, after 15 s");
    }

    @Test
    void silenceSaysMoreThanWhatAPartMakesOfIt() {
        outage.trouble("trainer", "Timed out waiting for a node assignment");
        pass(1_000);
        outage.silence("probe", Optional.of("broker:9092 takes no connections"));
        pass(1_000);
        outage.trouble("trainer", "Timed out waiting for a node assignment");

        assertThat(lines())
                .containsExactly(
                        "WARN the brokers at broker:9092 do not answer (broker:9092 takes no connections); waiting for them");
    }

    @Test
    void anErrorOfAClusterThatAnswersIsNamed() {
        outage.trouble("trainer", "not enough replicas");
        pass(2_000);
        outage.trouble("trainer", "not enough replicas");

        assertThat(lines())
                .containsExactly(
                        "WARN the brokers at broker:9092 can't do what is asked now (not enough replicas); waiting for them");
    }

    @Test
    void aHiccupIsNotWorthALine() {
        for (int i = 0; i < 5; i++) {
            outage.silence("probe", Optional.empty());
            pass(1_900);
            outage.over("probe");
        }

        assertThat(lines()).isEmpty();
    }

    @Test
    void theNextOutageHasLinesOfItsOwn() {
        for (int i = 0; i < 2; i++) {
            outage.silence("probe", Optional.empty());
            pass(3_000);
            outage.silence("probe", Optional.empty());
            pass(122_000);
            outage.over("probe");
        }

        assertThat(lines()).hasSize(4).endsWith("INFO the brokers at broker:9092 answer again, after 2 min 5 s");
    }

    private void pass(long ms) {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(ms);
    }

    private List<String> lines() {
        return log.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }
}
