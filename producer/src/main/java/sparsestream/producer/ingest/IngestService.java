package sparsestream.producer.ingest;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import sparsestream.kafka.GroupLag;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.Lifecycle;
import sparsestream.kafka.Outage;
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
    private static final String NAME = "ingest";
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(9);

    private final IngestConfig config;
    private final StreamsRun streams;
    private final MicrometerIngestMetrics meters;
    private final Lifecycle life;

    public IngestService(IngestConfig config, Metrics metrics, Health health) {
        this.config = config;
        this.life = new Lifecycle(NAME, new KafkaClients(config.kafka()), health, new Outage(config.kafka()));
        this.streams = new StreamsRun(NAME, health, metrics, life.patience());
        this.meters = new MicrometerIngestMetrics(metrics);
        GroupLag lag =
                new GroupLag(config.applicationId(), config.topics().imagesRaw().name());
        meters.lag(lag);
        life.measure(lag);
    }

    /**
     * Ingests. Returns after {@link #close()}.
     *
     * @throws IngestException if the cluster refuses, or a record cannot be handled
     */
    @Override
    public void run() {
        life.run(this::work, this::refusal);
    }

    private void work() throws InterruptedException {
        if (life.prepare(admin -> TopicCreation.ensure(admin, config.ownTopics()))) {
            Optional<Throwable> failure = streams.run(config.topology(meters), config.streams());
            if (failure.isPresent()) {
                throw refusal(failure.get());
            }
        }
    }

    public IngestProgress progress() {
        return meters.progress();
    }

    /** Stops, waiting a bounded time for the transaction that is under way. */
    @Override
    public void close() {
        streams.stop();
        life.stop(CLOSE_TIMEOUT);
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
