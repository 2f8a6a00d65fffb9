package sparsestream.sampler;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.monitoring.Health;

/**
 * Whether the cluster answers, told to health, to the page and, when it changes, to the log; and waiting for it, which a
 * request to stop ends at once.
 */
final class Connection {
    static final String CHECK = "kafka";

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final long RETRY_MS = 500;

    private final String servers;
    private final Health health;
    private final SamplerState state;
    private final CountDownLatch stop = new CountDownLatch(1);
    private boolean lost;

    Connection(String servers, Health health, SamplerState state) {
        this.servers = servers;
        this.health = health;
        this.state = state;
        health.expect(CHECK);
    }

    void stop() {
        stop.countDown();
    }

    boolean stopped() {
        return stop.getCount() == 0;
    }

    void pause(long ms) throws InterruptedException {
        boolean unused = stop.await(ms, TimeUnit.MILLISECONDS);
    }

    /** Asks the cluster once; empty if it does not answer, or not as it should once it has settled. */
    <T> Optional<T> ask(Supplier<T> question) {
        try {
            T answer = question.get();
            answered();
            return Optional.of(answer);
        } catch (RetriableException e) {
            silent(e.getMessage());
            return Optional.empty();
        }
    }

    /** Asks until the cluster answers; empty if stopped before. */
    <T> Optional<T> insist(Supplier<T> question) throws InterruptedException {
        while (!stopped()) {
            Optional<T> answer = ask(question);
            if (answer.isPresent()) {
                return answer;
            }
            pause(RETRY_MS);
        }
        return Optional.empty();
    }

    private synchronized void answered() {
        if (lost) {
            LOG.info("{} answers again", servers);
        }
        lost = false;
        state.connected(true);
        health.ready(CHECK, true, "connected to " + servers);
    }

    private synchronized void silent(String reason) {
        if (!lost) {
            LOG.warn("{} does not answer; trying again until it does: {}", servers, reason);
        }
        lost = true;
        state.connected(false);
        health.ready(CHECK, false, "no answer from " + servers);
    }
}
