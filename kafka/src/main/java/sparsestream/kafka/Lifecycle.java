package sparsestream.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.monitoring.Health;

/**
 * The life of a service of one cluster: it works once, on the thread that it is given, while a {@link ClusterProbe} tells health whether
 * the cluster answers, and it ends when it is told to.
 */
public final class Lifecycle {
    private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

    private final String name;
    private final KafkaClients clients;
    private final Health health;
    private final ClusterProbe probe;
    private final Patience patience;
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch finished = new CountDownLatch(1);

    /** What a service does until it is done or stopped. */
    @FunctionalInterface
    public interface Work {
        void run() throws InterruptedException;
    }

    /**
     * Connects nothing yet.
     *
     * @param name of the service, and of its readiness check
     * @param outage of the process
     */
    public Lifecycle(String name, KafkaClients clients, Health health, Outage outage) {
        this.name = name;
        this.clients = clients;
        this.health = health;
        this.probe = new ClusterProbe(clients, health, name + ".kafka", outage);
        this.patience = new Patience(name, outage);
        health.expect(name, name + ".kafka");
    }

    /** How the service waits for the cluster. */
    public Patience patience() {
        return patience;
    }

    /** Asks for this too, while the cluster answers. To be called before {@link #run}. */
    public void measure(GroupLag lag) {
        probe.measure(lag);
    }

    /**
     * Works, and returns when that is done.
     *
     * @param refusal what to throw instead of a failure that does not pass
     */
    public void run(Work work, Function<KafkaException, ? extends RuntimeException> refusal) {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("the %s runs once".formatted(name));
        }
        try (probe) {
            probe.start();
            work.run();
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (KafkaException e) {
            throw refusal.apply(e);
        } finally {
            finished.countDown();
            health.ready(name, false, "stopped");
        }
    }

    /**
     * Asks a question about topics until the cluster answers, and warns of the differences that it finds.
     *
     * @return whether there was an answer before the service was stopped
     * @throws KafkaException if the cluster refuses
     */
    public boolean prepare(Function<Admin, List<String>> question) throws InterruptedException {
        Optional<Admin> opened = patience.open(clients::admin);
        if (opened.isEmpty()) {
            return false;
        }
        try (Admin admin = opened.get()) {
            Optional<List<String>> differences = patience.insist(() -> question.apply(admin));
            differences.ifPresent(lines -> lines.forEach(log::warn));
            return differences.isPresent();
        }
    }

    /** Tells the work to stop, and waits so long for what is under way. */
    public void stop(Duration timeout) {
        patience.stop();
        try {
            if (started.get() && !finished.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("the {} did not stop within {}", name, timeout);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
