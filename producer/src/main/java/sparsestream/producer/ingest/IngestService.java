package sparsestream.producer.ingest;

import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.contract.TopicCreation;
import sparsestream.monitoring.ClusterProbe;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.producer.Patience;

/**
 * Runs the {@link IngestTopology} until it is closed. While the cluster does not answer it goes on trying; what the cluster
 * refuses ends it.
 */
public final class IngestService implements Runnable, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(IngestService.class);
    private static final String HEALTH_CHECK = "ingest";
    /** Of the ten seconds that a process has to stop. */
    private static final Duration STREAMS_CLOSE_TIMEOUT = Duration.ofSeconds(7);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(9);

    private final IngestConfig config;
    private final Metrics metrics;
    private final MicrometerIngestMetrics meters;
    private final Health health;
    private final Patience patience = new Patience();
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CountDownLatch finished = new CountDownLatch(1);

    public IngestService(IngestConfig config, Metrics metrics, Health health) {
        this.config = config;
        this.metrics = metrics;
        this.meters = new MicrometerIngestMetrics(metrics);
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
        try (ClusterProbe probe = new ClusterProbe(config.kafka(), health, HEALTH_CHECK + ".kafka")) {
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
        try {
            if (started.get() && !finished.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("ingest did not stop within {}", CLOSE_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void createTopics() throws InterruptedException {
        try (Admin admin = Admin.create(config.kafka())) {
            patience.insist("cannot create topics", () -> TopicCreation.ensure(admin, config.ownTopics()))
                    .ifPresent(differences -> differences.forEach(log::warn));
        }
    }

    private void stream() throws InterruptedException {
        Properties settings = new Properties();
        settings.putAll(config.streams());
        try (KafkaStreams streams = new KafkaStreams(config.topology(meters).get(), settings)) {
            streams.setUncaughtExceptionHandler(this::failed);
            streams.setStateListener(this::changed);
            Metrics.Binding binding = metrics.bind(streams);
            streams.start();
            while (!patience.stopped() && failure.get() == null) {
                patience.pause(TimeUnit.MILLISECONDS.toNanos(200));
            }
            binding.close();
            if (!streams.close(CloseOptions.timeout(STREAMS_CLOSE_TIMEOUT)
                    .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP))) {
                log.warn("Kafka Streams did not stop within {}", STREAMS_CLOSE_TIMEOUT);
            }
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw refusal(failed);
        }
    }

    private void changed(KafkaStreams.State now, KafkaStreams.State before) {
        boolean running = now == KafkaStreams.State.RUNNING;
        health.ready(HEALTH_CHECK, running, now.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }

    private StreamThreadExceptionResponse failed(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException) {
                log.warn("going on with what is committed after: {}", cause.getMessage());
                return StreamThreadExceptionResponse.REPLACE_THREAD;
            }
        }
        failure.compareAndSet(null, error);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /** In the words of the innermost cause: what Kafka Streams wraps around it speaks of its own insides. */
    private IngestException refusal(Throwable error) {
        if (error instanceof MissingSourceTopicException) {
            return new IngestException(
                    "topic %s is gone".formatted(config.topics().imagesRaw().name()), error);
        }
        Throwable cause = error;
        while (cause instanceof StreamsException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new IngestException(
                "cannot ingest from topic %s: %s"
                        .formatted(config.topics().imagesRaw().name(), cause.getMessage()),
                error);
    }
}
