package sparsestream.trainer.session;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.contract.DeadLetter;
import sparsestream.kafka.KafkaClients;
import sparsestream.monitoring.Metrics;
import sparsestream.trainer.learning.TrainerConfig;

/** The Kafka clients of one session, but for the producers, which are closed by whoever asks for them. */
final class TrainerClients implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TrainerClients.class);

    /** In which a consumer sees that its topic is gone, or has more partitions. */
    static final Duration METADATA_MAX_AGE = Duration.ofSeconds(5);

    private static final Duration CLOSE = Duration.ofMillis(500);
    private static final int MAX_POLL_RECORDS = 32;
    /** The least that brokers allow unless told otherwise. */
    private static final int SESSION_TIMEOUT_MS = 6_000;

    /** A request is far smaller, since it is compressed; Kafka compares this with the size of a record that is not. */
    private static final int MAX_REQUEST_BYTES = 2 * DeadLetter.MAX_VALUE_BYTES;

    /** How long a call may wait for the cluster before the session is given up and begun anew. */
    private static final int MAX_BLOCK_MS = 15_000;

    private final TrainerConfig config;
    private final KafkaClients clients;
    private final Consumer<byte[], byte[]> consumer;
    private final Metrics.Binding consumerMeters;
    private final Admin admin;

    /** @param instance this trainer's {@code group.instance.id}, unless the configuration has one */
    TrainerClients(TrainerConfig config, KafkaClients clients, Optional<String> instance, Metrics metrics) {
        this.config = config;
        this.clients = clients;
        this.consumer = consumer(config, clients, instance);
        this.consumerMeters = metrics.bind(consumer);
        this.admin = clients.admin();
    }

    private static Consumer<byte[], byte[]> consumer(
            TrainerConfig config, KafkaClients clients, Optional<String> instance) {
        Map<String, Object> defaults = new HashMap<>(Map.of(
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                MAX_POLL_RECORDS,
                // Until a member that is gone has been found out, its partitions wait; a heartbeat does not wait for a
                // step.
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                SESSION_TIMEOUT_MS,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                SESSION_TIMEOUT_MS / 4,
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                (int) METADATA_MAX_AGE.toMillis()));
        instance.ifPresent(name -> defaults.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, name));
        // Every position is sought; one that does not exist must not be replaced by another in silence.
        return clients.member(config.group(), defaults, Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none"));
    }

    Consumer<byte[], byte[]> consumer() {
        return consumer;
    }

    Admin admin() {
        return admin;
    }

    Past past() {
        return new TopicPast(config, clients, admin);
    }

    Producer<byte[], byte[]> producer(TopicPartition partition) {
        return clients.producer(
                Map.of(
                        // Weights don't compress, but a rejected record may have come compressed, by gzip or zstd, and
                        // must fit again.
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "zstd",
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        MAX_REQUEST_BYTES,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        MAX_REQUEST_BYTES,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        MAX_BLOCK_MS),
                Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, config.transactionalId(partition.partition())));
    }

    /** Closes clients: one that is closed by an interrupted thread leaves things behind. */
    static void uninterrupted(Runnable closing) {
        boolean interrupted = Thread.interrupted();
        try {
            closing.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Leaves the group; waits for the cluster no longer than a moment. */
    @Override
    public void close() {
        uninterrupted(() -> {
            consumerMeters.close();
            try {
                // A member with a name would else keep its partitions until its session has run out.
                consumer.close(CloseOptions.timeout(CLOSE)
                        .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
            } catch (KafkaException e) {
                log.debug("the group has to find out by itself that this member left", e);
            }
            admin.close(Duration.ZERO);
        });
    }
}
