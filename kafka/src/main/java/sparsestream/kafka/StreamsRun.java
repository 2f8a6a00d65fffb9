package sparsestream.kafka;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;

/**
 * One run of a Kafka Streams topology, seen in the meters and in the health of a service. What may succeed when it is tried again
 * is, from what is committed; anything else ends the run.
 */
public final class StreamsRun {
    private static final Logger log = LoggerFactory.getLogger(StreamsRun.class);
    /** Of the ten seconds that a process has to stop. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(7);

    private final String healthCheck;
    private final Health health;
    private final Metrics metrics;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** @param healthCheck that is ready while the topology runs */
    public StreamsRun(String healthCheck, Health health, Metrics metrics) {
        this.healthCheck = healthCheck;
        this.health = health;
        this.metrics = metrics;
    }

    /**
     * Runs until {@link #stop()}, or until it fails.
     *
     * @param settings of Kafka Streams
     * @return what it failed of; empty if it was stopped
     */
    public Optional<Throwable> run(Topology topology, Map<String, Object> settings) throws InterruptedException {
        Properties properties = new Properties();
        properties.putAll(settings);
        try (KafkaStreams streams = new KafkaStreams(topology, properties)) {
            streams.setUncaughtExceptionHandler(this::failed);
            streams.setStateListener(this::changed);
            Metrics.Binding binding = metrics.bind(streams);
            streams.start();
            ended.await();
            binding.close();
            if (!streams.close(CloseOptions.timeout(CLOSE_TIMEOUT)
                    .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP))) {
                log.warn("Kafka Streams did not stop within {}", CLOSE_TIMEOUT);
            }
        }
        return Optional.ofNullable(failure.get());
    }

    /** Ends the run, now or as soon as it begins. */
    public void stop() {
        ended.countDown();
    }

    /** The innermost cause: what Kafka Streams wraps around it speaks of its own insides. */
    public static Throwable cause(Throwable error) {
        Throwable cause = error;
        while (cause instanceof StreamsException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private void changed(KafkaStreams.State now, KafkaStreams.State before) {
        boolean running = now == KafkaStreams.State.RUNNING;
        health.ready(healthCheck, running, now.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }

    private StreamThreadExceptionResponse failed(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException) {
                log.warn("going on with what is committed after: {}", cause.getMessage());
                return StreamThreadExceptionResponse.REPLACE_THREAD;
            }
        }
        failure.compareAndSet(null, error);
        ended.countDown();
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
}
