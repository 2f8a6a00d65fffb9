package sparsestream.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/**
 * How one part of a service waits for a cluster: as long as its failures may pass by themselves, telling of them as one {@link
 * Outage}, and no longer than until a request to stop.
 */
public final class Patience {
    private static final Duration RETRY = Duration.ofMillis(200);
    /** In which a cluster that is just starting should have become whole. */
    private static final Duration MOMENT = Duration.ofSeconds(10);

    private final String part;
    private final Outage outage;
    private final LongSupplier nanoTime;
    private final CountDownLatch stop = new CountDownLatch(1);
    private Optional<Long> momentBeganNanos = Optional.empty();

    /** @param part of the process, as the outage knows it */
    public Patience(String part, Outage outage) {
        this(part, outage, System::nanoTime);
    }

    Patience(String part, Outage outage, LongSupplier nanoTime) {
        this.part = part;
        this.outage = outage;
        this.nanoTime = nanoTime;
    }

    public void stop() {
        stop.countDown();
    }

    public boolean stopped() {
        return stop.getCount() == 0;
    }

    /** Waits so long, or until stopped. */
    public void pause(Duration time) throws InterruptedException {
        boolean unused = stop.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Asks until there is an answer; empty if stopped before.
     *
     * @throws KafkaException if it fails of what can't get better
     */
    public <T> Optional<T> insist(Supplier<T> question) throws InterruptedException {
        Optional<T> answer = open(question);
        if (answer.isPresent()) {
            succeeded();
        }
        return answer;
    }

    /**
     * Opens a client, once the names of the brokers are known, which tells nothing of the brokers yet; empty if stopped before.
     *
     * @throws KafkaException if its settings can't be right
     */
    public <T> Optional<T> open(Supplier<T> client) throws InterruptedException {
        while (!stopped()) {
            try {
                return Optional.of(client.get());
            } catch (KafkaException e) {
                bear(e);
                pause(RETRY);
            }
        }
        return Optional.empty();
    }

    /**
     * Takes note of a failure that may pass.
     *
     * @throws KafkaException the failure, if it can't
     */
    public synchronized void bear(KafkaException failure) {
        Verdict verdict = Verdict.of(failure);
        if (verdict == Verdict.END || (verdict == Verdict.WAIT_A_MOMENT && momentIsOver())) {
            throw failure;
        }
        outage.trouble(part, Reason.of(failure));
    }

    private boolean momentIsOver() {
        long now = nanoTime.getAsLong();
        long began = momentBeganNanos.orElse(now);
        momentBeganNanos = Optional.of(began);
        return now - began > MOMENT.toNanos();
    }

    /** What failed works now. */
    public synchronized void succeeded() {
        momentBeganNanos = Optional.empty();
        outage.over(part);
    }
}
