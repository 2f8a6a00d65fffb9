package sparsestream.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waiting that a request to stop ends at once. */
public final class Patience {
    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
    private static final Duration RETRY = Duration.ofMillis(200);

    private final CountDownLatch stop = new CountDownLatch(1);

    public void stop() {
        stop.countDown();
    }

    public boolean stopped() {
        return stop.getCount() == 0;
    }

    /** Waits so long, or until stopped. */
    public void pause(long nanos) throws InterruptedException {
        boolean unused = stop.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** Tries until it succeeds, as long as the failure is one that passes by itself; empty if stopped before. */
    public <T> Optional<T> insist(String what, Supplier<T> attempt) throws InterruptedException {
        for (boolean silent = false; !stopped(); silent = true) {
            try {
                return Optional.of(attempt.get());
            } catch (RetriableException e) {
                if (!silent) {
                    LOG.warn("{}: {}; trying again until it works", what, e.getMessage());
                }
                pause(RETRY.toNanos());
            }
        }
        return Optional.empty();
    }
}
