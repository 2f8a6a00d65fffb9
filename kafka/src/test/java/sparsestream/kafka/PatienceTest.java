package sparsestream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PatienceTest {
    private long nowNanos;
    private final Patience patience =
            new Patience("part", new Outage(Map.of("bootstrap.servers", "broker:9092")), () -> nowNanos);

    @Test
    void whatMayPassIsTriedUntilItSucceeds() throws InterruptedException {
        AtomicInteger attempts = new AtomicInteger();

        assertThat(patience.insist(() -> {
                    if (attempts.incrementAndGet() < 3) {
                        throw new TimeoutException("no answer");
                    }
                    return "here";
                }))
                .contains("here");
        assertThat(attempts).hasValue(3);
    }

    @Test
    void whatCannotPassIsTriedOnce() {
        AtomicInteger attempts = new AtomicInteger();

        assertThatThrownBy(() -> patience.insist(() -> {
                    attempts.incrementAndGet();
                    throw new TopicAuthorizationException("t");
                }))
                .isInstanceOf(TopicAuthorizationException.class);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void aClusterThatIsJustStartingGetsAMoment() {
        InvalidReplicationFactorException tooFew = new InvalidReplicationFactorException("only 1 broker is registered");
        patience.bear(tooFew);
        nowNanos += Duration.ofSeconds(9).toNanos();
        patience.bear(tooFew);
        nowNanos += Duration.ofSeconds(2).toNanos();

        assertThatThrownBy(() -> patience.bear(tooFew)).isSameAs(tooFew);
    }

    @Test
    void aMomentBeginsAnewAfterASuccess() {
        InvalidReplicationFactorException tooFew = new InvalidReplicationFactorException("only 1 broker is registered");
        patience.bear(tooFew);
        patience.succeeded();
        nowNanos += Duration.ofSeconds(11).toNanos();

        patience.bear(tooFew);
    }

    @Test
    void aRequestToStopEndsItAtOnce() throws InterruptedException {
        assertThat(patience.insist(() -> {
                    patience.stop();
                    throw new TimeoutException("no answer");
                }))
                .isEmpty();
        patience.pause(Duration.ofHours(1));
        assertThat(patience.stopped()).isTrue();
    }
}
