package sparsestream.trainer.merge;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.MergePosition;
import sparsestream.kafka.ClusterProbe;
import sparsestream.kafka.StreamsRun;
import sparsestream.kafka.TopicCreation;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.trainer.ModelSettings;
import sparsestream.trainer.StateReader;

/**
 * Merges the models of a run until it is closed. While the cluster does not answer it goes on trying; what the cluster refuses ends it.
 */
public final class MergeService implements Runnable, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MergeService.class);
    private static final String HEALTH_CHECK = "merge";
    private static final long RETRY_MS = 200;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(9);

    private final MergeConfig config;
    private final StreamsRun streams;
    private final MicrometerMergeMetrics meters;
    private final Health health;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch finished = new CountDownLatch(1);

    /** Connects nothing yet; {@link #run} does. */
    public MergeService(MergeConfig config, Metrics metrics, Health health) {
        this.config = config;
        this.streams = new StreamsRun(HEALTH_CHECK, health, metrics);
        this.meters = new MicrometerMergeMetrics(
                metrics.registry(),
                config.models().stream().map(ModelSettings::name).toList());
        this.health = health;
        health.expect(HEALTH_CHECK, HEALTH_CHECK + ".kafka");
    }

    /**
     * Merges. Returns after {@link #close()}.
     *
     * @throws MergeException if the run can't be merged, or the cluster refuses
     */
    @Override
    public void run() {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("a merge runs once");
        }
        try (ClusterProbe probe = new ClusterProbe(config.kafka(), health, HEALTH_CHECK + ".kafka")) {
            probe.start();
            prepare();
            if (!stopped()) {
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

    /** How far this process has come with each model. */
    public List<MergeProgress> progress() {
        return config.models().stream()
                .map(model -> meters.progress(model.name()))
                .toList();
    }

    /** Stops, waiting a bounded time for the transaction that is under way. */
    @Override
    public void close() {
        stop.countDown();
        streams.stop();
        try {
            if (started.get() && !finished.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("merge did not stop within {}", CLOSE_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean stopped() {
        return stop.getCount() == 0;
    }

    /** Creates the topics that are missing, and makes sure that nobody else publishes these models. */
    private void prepare() throws InterruptedException {
        try (Admin admin = Admin.create(config.kafka())) {
            for (boolean silent = false; !stopped(); silent = true) {
                try {
                    TopicCreation.ensure(admin, config.ownTopics()).forEach(log::warn);
                    config.models().forEach(model -> requireMerged(admin, config.key(model)));
                    return;
                } catch (RetriableException e) {
                    if (!silent) {
                        log.warn("cannot prepare topics: {}; trying again until it works", e.getMessage());
                    }
                    boolean unused = stop.await(RETRY_MS, TimeUnit.MILLISECONDS);
                }
            }
        }
    }

    private void requireMerged(Admin admin, String key) {
        Optional<Checkpoint> newest =
                StateReader.newest(admin, config.kafka(), config.topics().modelCheckpoints(), key);
        try {
            if (newest.isPresent() && MergePosition.of(newest.get().contents()).isEmpty()) {
                throw new MergeException("%s has models that were not merged; give another --run-id".formatted(key));
            }
        } catch (MalformedMessageException e) {
            throw new MergeException("the merged model of %s is damaged (%s)".formatted(key, e.getMessage()), e);
        }
    }

    private void stream() throws InterruptedException {
        Optional<Throwable> failure = streams.run(new MergeTopology(config, meters).get(), config.streams());
        if (failure.isPresent()) {
            throw refusal(failure.get());
        }
    }

    /** In the words of the innermost cause. */
    private MergeException refusal(Throwable error) {
        String topic = config.topics().modelContributions().name();
        if (error instanceof MissingSourceTopicException) {
            return new MergeException("topic %s is gone".formatted(topic), error);
        }
        Throwable cause = StreamsRun.cause(error);
        return cause instanceof MergeException own
                ? own
                : new MergeException(
                        "cannot merge what is on topic %s: %s".formatted(topic, cause.getMessage()), error);
    }
}
