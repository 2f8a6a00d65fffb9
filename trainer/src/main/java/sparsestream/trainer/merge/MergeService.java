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
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.MergePosition;
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
import sparsestream.trainer.ModelSettings;
import sparsestream.trainer.StateReader;

/**
 * Merges the models of a run until it is closed. While the cluster does not answer it goes on trying; what the cluster refuses ends it.
 */
public final class MergeService implements Runnable, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MergeService.class);
    private static final String HEALTH_CHECK = "merge";
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(9);

    private final MergeConfig config;
    private final StreamsRun streams;
    private final MicrometerMergeMetrics meters;
    private final GroupLag lag;
    private final Health health;
    private final KafkaClients clients;
    private final Outage outage;
    private final Patience patience;
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch finished = new CountDownLatch(1);

    /** Connects nothing yet; {@link #run} does. */
    public MergeService(MergeConfig config, Metrics metrics, Health health) {
        this.config = config;
        this.clients = new KafkaClients(config.kafka());
        this.outage = new Outage(config.kafka());
        this.patience = new Patience(HEALTH_CHECK, outage);
        this.streams = new StreamsRun(HEALTH_CHECK, health, metrics, patience);
        this.meters = new MicrometerMergeMetrics(
                metrics.registry(),
                config.models().stream().map(ModelSettings::name).toList());
        this.lag = new GroupLag(
                config.applicationId(), config.topics().modelContributions().name());
        meters.lag(lag);
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
        try (ClusterProbe probe = new ClusterProbe(clients, health, HEALTH_CHECK + ".kafka", outage)) {
            probe.measure(lag);
            probe.start();
            prepare();
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

    /** How far this process has come with each model. */
    public List<MergeProgress> progress() {
        return config.models().stream()
                .map(model -> meters.progress(model.name()))
                .toList();
    }

    /** Stops, waiting a bounded time for the transaction that is under way. */
    @Override
    public void close() {
        patience.stop();
        streams.stop();
        try {
            if (started.get() && !finished.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("merge did not stop within {}", CLOSE_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Creates the topics that are missing, and makes sure that nobody else publishes these models. */
    private void prepare() throws InterruptedException {
        Optional<Admin> opened = patience.open(clients::admin);
        if (opened.isPresent()) {
            try (Admin admin = opened.get()) {
                patience.insist(() -> prepare(admin)).ifPresent(differences -> differences.forEach(log::warn));
            }
        }
    }

    private List<String> prepare(Admin admin) {
        List<String> differences = TopicCreation.ensure(admin, config.ownTopics());
        TopicCreation.requirePartitions(admin, config.topics().modelContributions());
        config.models().forEach(model -> requireMerged(admin, config.key(model)));
        return differences;
    }

    private void requireMerged(Admin admin, String key) {
        Optional<Checkpoint> newest =
                StateReader.newest(admin, clients, config.topics().modelCheckpoints(), key);
        try {
            if (newest.isPresent() && MergePosition.of(newest.get().contents()).isEmpty()) {
                throw new MergeException("%s has models that were not merged; give another --run-id".formatted(key));
            }
        } catch (MalformedMessageException e) {
            throw new MergeException("the merged model of %s is damaged (%s)".formatted(key, e.getMessage()), e);
        }
    }

    private void stream() throws InterruptedException {
        Optional<Throwable> failure = streams.run(new MergeTopology(config, meters), config.streams());
        if (failure.isPresent()) {
            throw refusal(failure.get());
        }
    }

    private MergeException refusal(Throwable error) {
        String topic = config.topics().modelContributions().name();
        if (error instanceof MissingSourceTopicException) {
            return new MergeException("topic %s is gone".formatted(topic), error);
        }
        Throwable cause = StreamsRun.cause(error);
        return cause instanceof MergeException own
                ? own
                : new MergeException(
                        "cannot merge what is on topic %s: %s".formatted(topic, Reason.of(error, config.kafka())),
                        error);
    }
}
