package sparsestream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class ConnectionTest {
    private final AtomicBoolean connected = new AtomicBoolean();
    private final Connection connection = new Connection(
            new Patience("sampler", new Outage(Map.of("bootstrap.servers", "broker:9092"))), connected::set);

    @Test
    void anAnswerIsTheConnection() {
        assertThat(connection.ask(() -> 5)).contains(5);
        assertThat(connected).isTrue();
    }

    @Test
    void silenceIsTheLossOfIt() {
        connection.ask(() -> 5);
        assertThat(connection.ask(ConnectionTest::timeOut)).isEmpty();
        assertThat(connected).isFalse();
    }

    @Test
    void aRefusalIsNoSilence() {
        assertThatThrownBy(() -> connection.ask(() -> {
                    throw new TopicAuthorizationException("model.checkpoints");
                }))
                .isInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void insistingAsksUntilThereIsAnAnswer() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        assertThat(connection.insist(() -> asked.incrementAndGet() == 2 ? "here" : timeOut()))
                .contains("here");
    }

    @Test
    void insistingEndsWhenStopped() throws InterruptedException {
        assertThat(connection.insist(() -> {
                    connection.stop();
                    return timeOut();
                }))
                .isEmpty();
    }

    private static String timeOut() {
        throw new TimeoutException("no answer");
    }
}
