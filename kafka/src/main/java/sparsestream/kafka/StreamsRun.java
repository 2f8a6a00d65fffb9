package sparsestream.kafka;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
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
    /** Others of the group may have to be waited for until then. */
    private static final Duration JOIN = Duration.ofSeconds(15);

    private final String healthCheck;
    private final Health health;
    private final Metrics metrics;
    private final Patience patience;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /**
     * Of one topology.
     *
     * @param healthCheck that is ready while the topology runs
     */
    public StreamsRun(String healthCheck, Health health, Metrics metrics, Patience patience) {
        this.healthCheck = healthCheck;
        this.health = health;
        this.metrics = metrics;
        this.patience = patience;
    }

    /**
     * Runs until {@link #stop()}, or until it fails.
     *
     * @param settings of Kafka Streams
     * @return what it failed of; empty if it was stopped
     * @throws KafkaException if the settings can't be right
     */
    public Optional<Throwable> run(Supplier<Topology> topology, Map<String, Object> settings)
            throws InterruptedException {
        Properties properties = new Properties();
        properties.putAll(settings);
        Optional<KafkaStreams> made = patience.open(() -> new KafkaStreams(topology.get(), properties));
        if (made.isPresent()) {
            run(made.get());
        }
        return Optional.ofNullable(failure.get());
    }

    private void run(KafkaStreams made) throws InterruptedException {
        try (KafkaStreams streams = made) {
            streams.setUncaughtExceptionHandler(this::failed);
            streams.setStateListener(this::changed);
            Metrics.Binding binding = metrics.bind(streams);
            streams.start();
            awaitEnd(streams);
            binding.close();
            if (!streams.close(CloseOptions.timeout(CLOSE_TIMEOUT)
                    .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP))) {
                log.warn("Kafka Streams did not stop within {}", CLOSE_TIMEOUT);
            }
        }
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

    /** Until then tells of a group that lets nobody in, which Kafka Streams goes on asking in silence. */
    private void awaitEnd(KafkaStreams streams) throws InterruptedException {
        long runningNanos = System.nanoTime();
        while (!ended.await(1, TimeUnit.SECONDS)) {
            KafkaStreams.State state = streams.state();
            if (state == KafkaStreams.State.RUNNING) {
                runningNanos = System.nanoTime();
            } else if (System.nanoTime() - runningNanos > JOIN.toNanos()) {
                patience.bear(new CoordinatorNotAvailableException("Kafka Streams is still " + words(state)));
            }
        }
    }

    private static String words(KafkaStreams.State state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private void changed(KafkaStreams.State now, KafkaStreams.State before) {
        if (now == KafkaStreams.State.ERROR) {
            failure.compareAndSet(null, new StreamsException("Kafka Streams has stopped"));
            ended.countDown();
        }
        boolean running = now == KafkaStreams.State.RUNNING;
        if (running) {
            patience.succeeded();
        }
        health.ready(healthCheck, running, words(now));
    }

    private StreamThreadExceptionResponse failed(Throwable error) {
        if (Verdict.of(error) == Verdict.WAIT) {
            patience.bear(Answers.unwrapped(error));
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        failure.compareAndSet(null, error);
        ended.countDown();
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
}
