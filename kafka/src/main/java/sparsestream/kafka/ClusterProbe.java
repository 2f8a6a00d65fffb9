package sparsestream.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import sparsestream.monitoring.Health;

/**
 * Asks the cluster every second whether it is there, and tells health and the log. To a consumer a broker that is gone looks like a
 * quiet topic, and a producer waits for it.
 */
public final class ClusterProbe implements AutoCloseable {
    private static final long INTERVAL_MS = 1_000;
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private final KafkaClients clients;
    private final Health health;
    private final String check;
    private final Outage outage;
    private final ScheduledExecutorService thread;
    private final AtomicReference<Admin> admin = new AtomicReference<>();
    private final List<GroupLag> lags = new ArrayList<>();
    private boolean everAnswered;
    private Optional<String> obstacle = Optional.empty();
    private boolean silent;

    /**
     * Asks nothing yet; {@link #start} does.
     *
     * @param check the readiness check to report as
     */
    public ClusterProbe(KafkaClients clients, Health health, String check, Outage outage) {
        this.clients = clients;
        this.health = health;
        this.check = check;
        this.outage = outage;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread daemon = new Thread(work, check + "-probe");
            daemon.setDaemon(true);
            return daemon;
        });
    }

    /** Asks for this too, while the cluster answers. To be called before {@link #start}. */
    public void measure(GroupLag lag) {
        lags.add(lag);
    }

    /** From now on asks, until closed. */
    public void start() {
        var unused = thread.scheduleWithFixedDelay(this::ask, 0, INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    private void ask() {
        try {
            if (admin.get() == null) {
                admin.set(clients.admin("sparsestream-probe", ANSWER));
            }
            Answers.await(admin.get().describeCluster().nodes());
            everAnswered = true;
            silent = false;
            outage.over(check);
            health.ready(check, true, "the cluster answers");
            lags.forEach(lag -> lag.ask(admin.get()));
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (KafkaException e) {
            failed(e);
        }
    }

    private void failed(KafkaException failure) {
        if (Verdict.of(failure) == Verdict.END) {
            // The service finds that out by itself, and ends with it.
            health.ready(check, false, Reason.of(failure, clients.userSettings()));
            return;
        }
        if (!silent) {
            obstacle = Obstacle.before(clients.bootstrapServers(), everAnswered);
            silent = true;
        }
        outage.silence(check, obstacle);
        health.ready(
                check,
                false,
                "the cluster does not answer" + obstacle.map(" (%s)"::formatted).orElse(""));
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
