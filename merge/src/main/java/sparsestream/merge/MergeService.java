package sparsestream.merge;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.MergePosition;
import sparsestream.kafka.GroupLag;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.Lifecycle;
import sparsestream.kafka.Outage;
import sparsestream.kafka.Reason;
import sparsestream.kafka.StreamsRun;
import sparsestream.kafka.TopicCreation;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.trainer.StateReader;
import sparsestream.trainer.learning.ModelSettings;

/**
 * Merges the models of a run until it is closed. While the cluster does not answer it goes on trying; what the cluster refuses ends it.
 */
public final class MergeService implements Runnable, AutoCloseable {
    private static final String NAME = "merge";
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(9);

    private final MergeConfig config;
    private final StreamsRun streams;
    private final MicrometerMergeMetrics meters;
    private final KafkaClients clients;
    private final Lifecycle life;

    /** Connects nothing yet; {@link #run} does. */
    public MergeService(MergeConfig config, Metrics metrics, Health health) {
        this.config = config;
        this.clients = new KafkaClients(config.kafka());
        this.life = new Lifecycle(NAME, clients, health, new Outage(config.kafka()));
        this.streams = new StreamsRun(NAME, health, metrics, life.patience());
        this.meters = new MicrometerMergeMetrics(
                metrics.registry(),
                config.models().stream().map(ModelSettings::name).toList());
        GroupLag lag = new GroupLag(
                config.applicationId(), config.topics().modelContributions().name());
        meters.lag(lag);
        life.measure(lag);
    }

    /**
     * Merges. Returns after {@link #close()}.
     *
     * @throws MergeException if the run can't be merged, or the cluster refuses
     */
    @Override
    public void run() {
        life.run(this::work, this::refusal);
    }

    private void work() throws InterruptedException {
        if (life.prepare(this::prepare)) {
            Optional<Throwable> failure = streams.run(new MergeTopology(config, meters), config.streams());
            if (failure.isPresent()) {
                throw refusal(failure.get());
            }
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
        streams.stop();
        life.stop(CLOSE_TIMEOUT);
    }

    /** Creates the topics that are missing, and makes sure that nobody else publishes these models. */
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
