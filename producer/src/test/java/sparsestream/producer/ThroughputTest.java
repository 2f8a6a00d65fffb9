package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ThroughputTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void nothingHasNoRate() {
        assertThat(new Throughput(5).perSecond(5)).isZero();
        assertThat(new Throughput(5).perSecond(SECOND)).isZero();
    }

    @Test
    void aSteadyStreamHasItsRate() {
        Throughput throughput = new Throughput(0);
        for (int i = 1; i <= 200; i++) {
            throughput.add(128, i * SECOND / 10);
        }
        assertThat(throughput.perSecond(20 * SECOND)).isCloseTo(1_280, within(1e-6));
    }

    @Test
    void onlyTheLastSecondsCount() {
        Throughput throughput = new Throughput(0);
        throughput.add(1_000_000, SECOND);
        for (int i = 20; i <= 100; i++) {
            throughput.add(10, i * SECOND / 10);
        }
        assertThat(throughput.perSecond(10 * SECOND)).isCloseTo(100, within(3.0));
    }

    @Test
    void aStreamThatStoppedSlowsDownToNothing() {
        Throughput throughput = new Throughput(0);
        throughput.add(1_000, SECOND);

        assertThat(throughput.perSecond(2 * SECOND)).isCloseTo(500, within(1e-6));
        assertThat(throughput.perSecond(60 * SECOND)).isZero();
    }
}
