package sparsestream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void theFirstImageIsDueAtOnce() {
        assertThat(new Pace(4, 17).waitNanos(17)).isZero();
    }

    @Test
    void theNextIsDueAQuarterOfASecondLaterAtFourASecond() {
        Pace pace = new Pace(4, 0);
        pace.sent(1);
        assertThat(pace.waitNanos(0)).isEqualTo(SECOND / 4);
        assertThat(pace.waitNanos(SECOND / 4 - 1)).isEqualTo(1);
        assertThat(pace.waitNanos(SECOND / 4)).isZero();
    }

    @Test
    void withoutALimitAnImageIsAlwaysDue() {
        Pace pace = new Pace(0, 0);
        for (int i = 0; i < 1000; i++) {
            pace.sent(1);
        }
        assertThat(pace.waitNanos(1)).isZero();
    }

    @Test
    void aLongBreakIsNotMadeUpFor() {
        Pace pace = new Pace(4, 0);
        long later = 3600 * SECOND;
        assertThat(pace.waitNanos(later)).isZero();
        pace.sent(1);
        assertThat(pace.waitNanos(later)).isEqualTo(SECOND / 4);
    }

    @Test
    void whatIsDueIsWhatTheTimeAllowsUpToTheBatch() {
        Pace pace = new Pace(1000, 0);
        assertThat(pace.due(0, 64)).isEqualTo(1);
        assertThat(pace.due(SECOND / 100, 64)).isEqualTo(11);
        assertThat(pace.due(SECOND / 2, 64)).isEqualTo(64);
        pace.sent(1);
        assertThat(pace.due(0, 64)).isZero();
        assertThat(new Pace(0, 0).due(0, 64)).isEqualTo(64);
    }

    @Test
    void severalAreSentAtOnce() {
        Pace pace = new Pace(100, 5 * SECOND);
        pace.sent(50);
        assertThat(pace.waitNanos(5 * SECOND)).isEqualTo(SECOND / 2);
    }

    /** A clock that is negative is as good as any: System.nanoTime may be. */
    @Property(tries = 200)
    void wakingUpLateDoesNotAddUp(
            @ForAll @DoubleRange(min = 1, max = 500) double rate,
            @ForAll @IntRange(max = 900_000_000) int latenessNanos,
            @ForAll long startNanos) {
        Pace pace = new Pace(rate, startNanos);
        long now = startNanos;
        int images = 0;
        while (now - startNanos < 20 * SECOND) {
            long wait = pace.waitNanos(now);
            if (wait == 0) {
                pace.sent(1);
                images++;
            } else {
                now += wait + latenessNanos / 2;
            }
        }
        assertThat(images / rate).isCloseTo(20, within(1 / rate + 0.46));
    }
}
