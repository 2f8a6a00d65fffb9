package sparsestream.trainer.session;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.Topic;
import sparsestream.kafka.Answers;
import sparsestream.kafka.KafkaClients;
import sparsestream.monitoring.Metrics;
import sparsestream.trainer.StateHistory;
import sparsestream.trainer.StateReader;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.learning.Learner;
import sparsestream.trainer.learning.PartitionWork;
import sparsestream.trainer.learning.Role;
import sparsestream.trainer.learning.TrainerConfig;

/**
 * Trains on one partition and publishes its {@link PartitionWork} in Kafka transactions.
 *
 * <p>Its transactional id belongs to the partition, so whoever takes the partition over fences it.
 */
final class PartitionTrainer implements AutoCloseable {
    /** A request is far smaller, since it is compressed; Kafka compares this with the size of a record that is not. */
    private static final int MAX_REQUEST_BYTES = 2 * DeadLetter.MAX_VALUE_BYTES;

    /** How long a call may wait for the cluster before the session is given up and begun anew. */
    private static final int MAX_BLOCK_MS = 15_000;

    private final TopicPartition partition;
    private final Producer<byte[], byte[]> producer;
    private final PartitionWork work;
    private Metrics.Binding meters = () -> {};
    private long lastRecordNanos = System.nanoTime();

    private PartitionTrainer(TopicPartition partition, Producer<byte[], byte[]> producer, PartitionWork work) {
        this.partition = partition;
        this.producer = producer;
        this.work = work;
    }

    /**
     * Fences whoever trained on the partition before and goes on from the state it left, or begins at the partition's first
     * record if nobody did.
     *
     * @param role a new one
     * @throws TrainerException if there is a state that can't be used
     */
    static PartitionTrainer resume(
            TrainerConfig config,
            KafkaClients clients,
            TopicPartition partition,
            Role role,
            Admin admin,
            long beginning) {
        return fence(config, clients, partition, () -> {
            Optional<Checkpoint> state = history(
                            clients, admin, config.topics().trainerState(), config.stateKey(partition.partition()))
                    .newest();
            PartitionWork work = state.isPresent()
                    ? PartitionWork.resume(config, role, partition.partition(), state.get())
                    : PartitionWork.begin(config, role, partition.partition(), beginning, 0);
            return work.notBehind(committedOffset(config, partition, admin));
        });
    }

    /**
     * Fences whoever trained on the partition before and begins at its first record, with versions above all that were ever
     * published.
     */
    static PartitionTrainer anew(
            TrainerConfig config,
            KafkaClients clients,
            TopicPartition partition,
            Role role,
            Admin admin,
            long beginning) {
        return fence(config, clients, partition, () -> {
            StateHistory states =
                    history(clients, admin, config.topics().trainerState(), config.stateKey(partition.partition()));
            StateHistory checkpoints =
                    history(clients, admin, config.topics().modelCheckpoints(), config.checkpointKey());
            long version = Math.max(states.lastVersion(), checkpoints.lastVersion());
            if (version == Long.MAX_VALUE) {
                throw new TrainerException(config.checkpointKey() + " has used up all versions; give another --run-id");
            }
            return PartitionWork.begin(config, role, partition.partition(), beginning, version);
        });
    }

    /** What a transaction was about to change is decided once the transactional id has been taken over: the past is read then. */
    private static PartitionTrainer fence(
            TrainerConfig config, KafkaClients clients, TopicPartition partition, Supplier<PartitionWork> past) {
        Producer<byte[], byte[]> producer = producer(config, clients, partition);
        try {
            producer.initTransactions();
            return new PartitionTrainer(partition, producer, past.get());
        } catch (TransactionalIdAuthorizationException e) {
            producer.close(Duration.ZERO);
            throw new TrainerException(
                    "cannot train on topic %s: transactional id %s may not be used by this user"
                            .formatted(partition.topic(), transactionalId(config, partition)),
                    e);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    private static StateHistory history(KafkaClients clients, Admin admin, Topic topic, String key) {
        return StateReader.read(admin, clients, topic, key);
    }

    private static long committedOffset(TrainerConfig config, TopicPartition partition, Admin admin) {
        OffsetAndMetadata offset = Answers.await(
                        admin.listConsumerGroupOffsets(config.group()).partitionsToOffsetAndMetadata())
                .get(partition);
        return offset == null ? 0 : offset.offset();
    }

    private static Producer<byte[], byte[]> producer(
            TrainerConfig config, KafkaClients clients, TopicPartition partition) {
        return clients.producer(
                Map.of(
                        // Weights don't compress, but a rejected record may have come compressed, by gzip or zstd, and
                        // must
                        // fit again.
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "zstd",
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        MAX_REQUEST_BYTES,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        MAX_REQUEST_BYTES,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        MAX_BLOCK_MS),
                Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId(config, partition)));
    }

    private static String transactionalId(TrainerConfig config, TopicPartition partition) {
        return config.group() + "-" + partition.partition();
    }

    /** Shows the meters of this trainer's Kafka client until it is closed. */
    void bind(Metrics metrics) {
        meters = metrics.bind(producer);
    }

    PartitionWork work() {
        return work;
    }

    Learner learner() {
        return work.learner();
    }

    /** There was something to do just now. */
    void busy() {
        lastRecordNanos = System.nanoTime();
    }

    /** For how long there has been nothing to do. */
    Duration idle() {
        return Duration.ofNanos(System.nanoTime() - lastRecordNanos);
    }

    /**
     * Publishes everything since the last time in one transaction.
     *
     * @return what has become visible
     * @throws org.apache.kafka.common.KafkaException if the transaction was not committed; this instance is then of no more use
     */
    PartitionWork.Transaction publish(ConsumerGroupMetadata group) {
        return publish(work.transaction(), group);
    }

    /**
     * The same with what there is to give to others.
     *
     * @throws org.apache.kafka.common.KafkaException as above
     */
    PartitionWork.Transaction give(ConsumerGroupMetadata group) {
        return publish(work.giving(), group);
    }

    private PartitionWork.Transaction publish(PartitionWork.Transaction transaction, ConsumerGroupMetadata group) {
        AtomicReference<KafkaException> refusal = new AtomicReference<>();
        try {
            producer.beginTransaction();
            transaction.records().forEach(record -> send(record, refusal));
            producer.sendOffsetsToTransaction(
                    Map.of(partition, new OffsetAndMetadata(transaction.nextOffset())), group);
            producer.commitTransaction();
        } catch (KafkaException e) {
            throw named(e, refusal.get());
        }
        work.committed();
        return transaction;
    }

    /**
     * After a record was refused the client says of all else only that it is in an error state, or the refusal again without the
     * topic's name.
     */
    private static KafkaException named(KafkaException failure, KafkaException refusal) {
        if (refusal == null) {
            return failure;
        }
        boolean vague = failure.getClass() == KafkaException.class;
        boolean again = refusal.getCause() != null
                && failure.getClass() == refusal.getCause().getClass();
        return vague || again ? refusal : failure;
    }

    /** A transaction commits only if every record in it was written, so the futures need not be looked at. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(ProducerRecord<byte[], byte[]> record, AtomicReference<KafkaException> refusal) {
        producer.send(record, (metadata, failure) -> {
            if (failure != null) {
                refusal.compareAndSet(
                        null,
                        failure instanceof RecordTooLargeException || !(failure instanceof KafkaException specific)
                                ? new KafkaException(
                                        "topic %s refuses a record: %s".formatted(record.topic(), failure.getMessage()),
                                        failure)
                                : specific);
            }
        });
    }

    @Override
    public void close() {
        work.close();
        meters.close();
        // What is not committed is void, so there is nothing to wait for.
        producer.close(Duration.ZERO);
    }
}
