package sparsestream.producer.ingest;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.kafka.ClusterProbe;
import sparsestream.kafka.GroupLag;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.Outage;
import sparsestream.kafka.Patience;
import sparsestream.kafka.Reason;
import sparsestream.kafka.StreamsRun;
import sparsestream.kafka.TopicCreation;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;

/**
 * Runs the {@link IngestTopology} until it is closed. While the cluster does not answer it goes on trying; what the cluster
 * refuses ends it.
 */
public final class IngestService implements Runnable, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(IngestService.class);
    private static final String HEALTH_CHECK = "ingest";
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(9);

    private final IngestConfig config;
    private final StreamsRun streams;
    private final MicrometerIngestMetrics meters;
    private final GroupLag lag;
    private final Health health;
    private final KafkaClients clients;
    private final Outage outage;
    private final Patience patience;
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch finished = new CountDownLatch(1);

    public IngestService(IngestConfig config, Metrics metrics, Health health) {
        this.config = config;
        this.clients = new KafkaClients(config.kafka());
        this.outage = new Outage(config.kafka());
        this.patience = new Patience(HEALTH_CHECK, outage);
        this.streams = new StreamsRun(HEALTH_CHECK, health, metrics, patience);
        this.meters = new MicrometerIngestMetrics(metrics);
        this.lag =
                new GroupLag(config.applicationId(), config.topics().imagesRaw().name());
        meters.lag(lag);
        this.health = health;
        health.expect(HEALTH_CHECK, HEALTH_CHECK + ".kafka");
    }

    /**
     * Ingests. Returns after {@link #close()}.
     *
     * @throws IngestException if the cluster refuses, or a record cannot be handled
     */
    @Override
    public void run() {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("an ingest runs once");
        }
        try (ClusterProbe probe = new ClusterProbe(clients, health, HEALTH_CHECK + ".kafka", outage)) {
            probe.measure(lag);
            probe.start();
            createTopics();
            if (!patience.stopped()) {
                stream();
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (KafkaException e) {
            throw refusal(e);
        } finally {
            finished.countDown();
            health.ready(HEALTH_CHECK, false, "stopped");
        }
    }

    public IngestProgress progress() {
        return meters.progress();
    }

    /** Stops, waiting a bounded time for the transaction that is under way. */
    @Override
    public void close() {
        patience.stop();
        streams.stop();
        try {
            if (started.get() && !finished.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("ingest did not stop within {}", CLOSE_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void createTopics() throws InterruptedException {
        Optional<Admin> opened = patience.open(clients::admin);
        if (opened.isPresent()) {
            try (Admin admin = opened.get()) {
                patience.insist(() -> TopicCreation.ensure(admin, config.ownTopics()))
                        .ifPresent(differences -> differences.forEach(log::warn));
            }
        }
    }

    private void stream() throws InterruptedException {
        Optional<Throwable> failure = streams.run(config.topology(meters), config.streams());
        if (failure.isPresent()) {
            throw refusal(failure.get());
        }
    }

    private IngestException refusal(Throwable error) {
        String topic = config.topics().imagesRaw().name();
        if (error instanceof MissingSourceTopicException) {
            return new IngestException("topic %s is gone".formatted(topic), error);
        }
        return new IngestException(
                "cannot ingest from topic %s: %s".formatted(topic, Reason.of(error, config.kafka())), error);
    }
}
