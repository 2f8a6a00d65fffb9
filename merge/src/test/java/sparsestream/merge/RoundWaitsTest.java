package sparsestream.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import sparsestream.merge.RoundWaits.Awaited;

class RoundWaitsTest {
    private long nanos = -TimeUnit.SECONDS.toNanos(5);
    private final RoundWaits waits = new RoundWaits(() -> nanos);

    @Test
    void whereNobodyWaitsItIsNoTime() {
        assertThat(waits.longestSeconds()).isZero();
        waits.awaits(List.of());
        seconds(10);
        assertThat(waits.longestSeconds()).isZero();
    }

    @Test
    void theLongestCountsWhoeverElseBeginsOrEnds() {
        waits.awaits(List.of(new Awaited(0, 3)));
        seconds(7);
        waits.awaits(List.of(new Awaited(0, 3), new Awaited(1, 3)));
        seconds(2);
        assertThat(waits.longestSeconds()).isEqualTo(9);
        waits.awaits(List.of(new Awaited(1, 3)));
        assertThat(waits.longestSeconds()).isEqualTo(2);
    }

    /** With rounds of few batches a replica may have gone on and waited again each time that anybody looks. */
    @Test
    void theNextRoundIsAnotherWait() {
        waits.awaits(List.of(new Awaited(0, 3)));
        seconds(7);
        waits.awaits(List.of(new Awaited(0, 4)));
        seconds(1);
        assertThat(waits.longestSeconds()).isEqualTo(1);
    }

    /** A trainer that does not get to telling, since Kafka does not answer, waits all the same. */
    @Test
    void timeGoesOnWhileNobodyTells() {
        waits.awaits(List.of(new Awaited(2, 1)));
        seconds(300);
        assertThat(waits.longestSeconds()).isEqualTo(300);
    }

    private void seconds(long passed) {
        nanos += TimeUnit.SECONDS.toNanos(passed);
    }
}
