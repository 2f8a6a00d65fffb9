package sparsestream.producer;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.Lifecycle;
import sparsestream.kafka.Outage;
import sparsestream.kafka.Patience;
import sparsestream.kafka.Reason;
import sparsestream.kafka.TopicCreation;
import sparsestream.kafka.TopicLookup;
import sparsestream.monitoring.Health;

/**
 * Streams a dataset onto {@code images.batches} until the stream ends or the service is closed.
 *
 * <p>The thread that calls {@link #run()} does the work. While the cluster does not answer it goes on trying; what the
 * cluster refuses ends it.
 */
public final class ProducerService implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerService.class);
    private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);
    /** For one wait of a client and the flush. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(12);

    private static final String NAME = "producer";

    private final ProducerConfig config;
    private final ImageStream stream;
    private final ProducerMetrics metrics;
    private final Health health;
    private final ProducerClients clients;
    private final Topic topic;
    private final Lifecycle life;
    private final Patience patience;
    private final AtomicLong images = new AtomicLong();
    private final Throughput throughput = new Throughput(System.nanoTime());

    /** @throws IllegalArgumentException if a batch of this dataset's images does not fit in a record */
    public ProducerService(ProducerConfig config, Dataset dataset, ProducerMetrics metrics, Health health) {
        this(config, dataset, new BatchSchedule(dataset, config.seed()), metrics, health, new Outage(config.kafka()));
    }

    /**
     * With another stream of images of this dataset's size, in a process with other services.
     *
     * @param outage of the process
     * @throws IllegalArgumentException if a batch of them does not fit in a record
     */
    public ProducerService(
            ProducerConfig config,
            Dataset dataset,
            ImageStream stream,
            ProducerMetrics metrics,
            Health health,
            Outage outage) {
        config.requireFits(dataset);
        this.config = config;
        this.stream = stream;
        this.metrics = metrics;
        KafkaClients kafka = new KafkaClients(config.kafka());
        this.clients = new ProducerClients(kafka);
        this.topic = new Topics(config.topicPrefix())
                .imageBatches(config.partitions().orElse(1));
        this.health = health;
        this.life = new Lifecycle(NAME, kafka, health, outage);
        this.patience = life.patience();
    }

    /**
     * Streams. Returns when {@code --images} images are on the topic, or after {@link #close()}.
     *
     * @throws ProducerException if the cluster refuses
     */
    @Override
    public void run() {
        life.run(
                this::work,
                failure -> new ProducerException(
                        "cannot produce to topic %s: %s".formatted(topic.name(), Reason.of(failure, config.kafka())),
                        failure));
    }

    private void work() throws InterruptedException {
        Optional<Admin> opened = patience.open(clients::admin);
        if (opened.isPresent()) {
            try (Admin admin = opened.get()) {
                stream(admin);
            }
        }
    }

    public ProducerProgress progress() {
        return new ProducerProgress(images.get(), throughput.perSecond(System.nanoTime()), config.images());
    }

    /** Stops, waiting a bounded time for what is under way; what is not on the topic by then is left out. */
    @Override
    public void close() {
        life.stop(CLOSE_TIMEOUT);
    }

    private void stream(Admin admin) throws InterruptedException {
        patience.insist(() -> TopicCreation.ensure(admin, List.of(topic)))
                .ifPresent(differences -> differences.forEach(LOG::warn));
        if (config.partitions().isPresent()) {
            patience.insist(() -> TopicLookup.partitions(admin, topic.name()).map(List::size))
                    .flatMap(there -> there)
                    .ifPresent(there ->
                            requirePartitions(there, config.partitions().getAsInt()));
        }
        Optional<Turns> found = patience.insist(this::topicsEnd);
        Optional<Producer<String, byte[]>> opened = patience.open(clients::producer);
        if (found.isEmpty() || opened.isEmpty()) {
            return;
        }
        Turns turns = found.get();
        Producer<String, byte[]> producer = opened.get();
        if (turns.first() > 0) {
            LOG.info("topic {} ends at image {} of this stream, going on there", topic.name(), turns.first());
        }
        images.set(turns.images());
        metrics.clientOpened(producer);
        health.ready(NAME, true, "streaming");
        try {
            ConsumerOffsets offsets = new ConsumerOffsets(
                    admin, topic.name(), config.lead().map(LeadLimit::groups).orElse(Set.of()));
            new BatchStream(config, stream, topic.name(), producer, offsets::read, this::arrived, patience).run(turns);
        } finally {
            metrics.clientClosing();
            producer.close(FLUSH_TIMEOUT);
        }
    }

    /** Batches for others would else go to fewer of them than somebody counts on, or to more. */
    private void requirePartitions(int there, int asked) {
        if (there != asked) {
            throw new ProducerException(
                    "topic %s has %s partitions, and --partitions asks for %s; leave the option out, or give another --topic-prefix"
                            .formatted(topic.name(), there, asked));
        }
    }

    private Turns topicsEnd() {
        try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
            StreamEnd end = new StreamEnd(consumer, READ_TIMEOUT, patience::stopped);
            return config.resume()
                    ? end.next(topic.name(), stream.name(), config.seed(), config.batchSize())
                    : Turns.from(
                            0, config.batchSize(), end.partitions(topic.name()).size());
        }
    }

    private void arrived(int count) {
        images.addAndGet(count);
        throughput.add(count, System.nanoTime());
        metrics.batchProduced(count);
    }
}
