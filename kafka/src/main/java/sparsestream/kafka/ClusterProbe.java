package sparsestream.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.monitoring.Health;

/**
 * Asks the cluster every second whether it is there, and tells health. To a consumer a broker that is gone looks like a quiet
 * topic, and a producer waits for it.
 */
public final class ClusterProbe implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClusterProbe.class);

    private static final long INTERVAL_MS = 1_000;
    private static final long ANSWER_MS = 2_000;

    private final Map<String, Object> kafka;
    private final Health health;
    private final String check;
    private final ScheduledExecutorService thread;
    private final AtomicReference<Admin> admin = new AtomicReference<>();
    private boolean answered = true;

    /**
     * Asks nothing yet; {@link #start} does.
     *
     * @param kafka settings of a Kafka client
     * @param check the readiness check to report as
     */
    public ClusterProbe(Map<String, Object> kafka, Health health, String check) {
        this.kafka = kafka;
        this.health = health;
        this.check = check;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread daemon = new Thread(work, check + "-probe");
            daemon.setDaemon(true);
            return daemon;
        });
    }

    /** From now on asks, until closed. */
    public void start() {
        var unused = thread.scheduleWithFixedDelay(this::ask, 0, INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    private void ask() {
        try {
            if (admin.get() == null) {
                admin.set(Admin.create(kafka));
            }
            admin.get().describeCluster().nodes().get(ANSWER_MS, TimeUnit.MILLISECONDS);
            report(true, "the cluster answers");
        } catch (TimeoutException e) {
            report(false, "the cluster does not answer");
        } catch (ExecutionException e) {
            report(false, String.valueOf(e.getCause().getMessage()));
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (KafkaException e) {
            report(false, String.valueOf(e.getMessage()));
        }
    }

    private void report(boolean up, String reason) {
        if (up != answered) {
            log.warn("{}: {}", check, reason);
        }
        answered = up;
        health.ready(check, up, reason);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        Admin asked = admin.get();
        if (asked != null) {
            asked.close(Duration.ZERO);
        }
    }
}
