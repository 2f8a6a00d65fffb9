package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void batchesAreDueAtTheRate() {
        Pace pace = new Pace(OptionalDouble.of(100), 5 * SECOND);
        assertThat(pace.waitNanos(5 * SECOND)).isZero();

        pace.sent(50);
        assertThat(pace.waitNanos(5 * SECOND)).isEqualTo(SECOND / 2);
        assertThat(pace.waitNanos(5 * SECOND + SECOND / 2)).isZero();
    }

    @Test
    void waitingTooLongOnceDoesNotAddUp() {
        Pace pace = new Pace(OptionalDouble.of(100), 0);
        long now = 0;
        for (int second = 1; second <= 3_600; second++) {
            pace.sent(100);
            now += Math.max(0, pace.waitNanos(now)) + 3_000_000;
        }
        assertThat(now).isEqualTo(3_600 * SECOND + 3_000_000);
    }

    @Test
    void aLongBreakIsNotCaughtUpInABurst() {
        Pace pace = new Pace(OptionalDouble.of(100), 0);
        pace.sent(100);

        assertThat(pace.waitNanos(60 * SECOND)).isNotPositive();
        pace.sent(100);
        assertThat(pace.waitNanos(60 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void withoutARateEveryBatchIsDue() {
        Pace pace = new Pace(OptionalDouble.empty(), 7);
        pace.sent(1_000_000);

        assertThat(pace.waitNanos(7)).isNotPositive();
    }
}
