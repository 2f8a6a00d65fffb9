package sparsestream.trainer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Topic;
import sparsestream.trainer.Learner.Outcome;
import sparsestream.trainer.Learner.Rejected;

/**
 * Trains on one partition and publishes, in one Kafka transaction, all that has changed since the last: the learner's state,
 * the public checkpoint, the rejected records and the group's offset.
 *
 * <p>Its transactional id belongs to the partition, so whoever takes the partition over fences it.
 */
final class PartitionTrainer implements AutoCloseable {
    /** Rejected records wait for the next transaction; beyond so many bytes one is due at once. */
    private static final long MAX_PENDING_BYTES = 16 << 20;

    /** A request is far smaller, since it is compressed; Kafka compares this with the size of a record that is not. */
    private static final int MAX_REQUEST_BYTES = 2 * DeadLetter.MAX_VALUE_BYTES;

    /** How long a call may wait for the cluster before the session is given up and begun anew. */
    private static final int MAX_BLOCK_MS = 15_000;

    private final TrainerConfig config;
    private final TopicPartition partition;
    private final Producer<byte[], byte[]> producer;
    private final Learner learner;
    private final List<ProducerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();
    private long deadLetterBytes;
    private long committedOffset;

    private PartitionTrainer(
            TrainerConfig config, TopicPartition partition, Producer<byte[], byte[]> producer, Learner learner) {
        this.config = config;
        this.partition = partition;
        this.producer = producer;
        this.learner = learner;
        this.committedOffset = learner.nextOffset();
    }

    /**
     * Fences whoever trained on the partition before and goes on from the state it left, or starts anew at the partition's
     * first record.
     *
     * @throws TrainerException if there is a state that can't be used
     */
    static PartitionTrainer resume(TrainerConfig config, TopicPartition partition, Admin admin, long beginning) {
        Producer<byte[], byte[]> producer = producer(config, partition);
        try {
            producer.initTransactions();
            String key = config.stateKey(partition.partition());
            Optional<Checkpoint> state =
                    StateReader.newest(admin, config.kafka(), config.topics().trainerState(), key);
            Learner learner = state.isPresent() ? restore(config, state.get()) : start(config, beginning);
            return new PartitionTrainer(config, partition, producer, learner);
        } catch (RuntimeException e) {
            producer.close();
            throw e;
        }
    }

    private static Learner start(TrainerConfig config, long beginning) {
        return new Learner(config.model(), config.model().create(config.threads()), beginning, beginning, 0);
    }

    private static Learner restore(TrainerConfig config, Checkpoint state) {
        try {
            return LearnerCodec.decodeState(state, config.model(), config.threads());
        } catch (MalformedMessageException e) {
            throw new TrainerException(
                    "the state of " + state.key() + " can't be used: " + e.getMessage() + "; give another --run-id", e);
        }
    }

    private static Producer<byte[], byte[]> producer(TrainerConfig config, TopicPartition partition) {
        Map<String, Object> properties = new HashMap<>(config.kafka());
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, config.group() + "-" + partition.partition());
        // Weights don't compress, but a rejected record may have come compressed, by gzip or zstd, and must fit again.
        properties.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        properties.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        properties.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, MAX_REQUEST_BYTES);
        properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    Outcome accept(ConsumerRecord<byte[], byte[]> record) {
        Outcome outcome = learner.accept(record);
        if (outcome instanceof Rejected rejected) {
            deadLetters.add(DeadLetter.of(config.topics().deadLetters(), record, rejected.reason()));
            deadLetterBytes += Math.max(0, record.serializedValueSize());
        }
        return outcome;
    }

    Learner learner() {
        return learner;
    }

    /** Whether there is anything that the last transaction did not publish. */
    boolean hasProgress() {
        return learner.nextOffset() > committedOffset;
    }

    /** Whether a transaction is due whatever the time. */
    boolean mustPublish() {
        return deadLetterBytes > MAX_PENDING_BYTES;
    }

    /**
     * Publishes everything since the last time in one transaction.
     *
     * @return what the world now sees
     * @throws org.apache.kafka.common.KafkaException if the transaction was not committed; this instance is then of no more use
     */
    PublishedModel publish(ConsumerGroupMetadata group) {
        long version = learner.version() + 1;
        PublishedModel published = LearnerCodec.publish(learner);
        producer.beginTransaction();
        deadLetters.forEach(this::send);
        String stateKey = config.stateKey(partition.partition());
        Safetensors state = LearnerCodec.encodeState(learner, version);
        send(config.topics().trainerState(), new Checkpoint(stateKey, version, state));
        if (partition.partition() == 0) {
            Checkpoint checkpoint = new Checkpoint(config.checkpointKey(), version, published.encode());
            send(config.topics().modelCheckpoints(), checkpoint);
        }
        producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(learner.nextOffset())), group);
        producer.commitTransaction();

        learner.published();
        committedOffset = learner.nextOffset();
        deadLetters.clear();
        deadLetterBytes = 0;
        return published;
    }

    private void send(Topic topic, Checkpoint checkpoint) {
        CheckpointCodec.encode(topic, checkpoint).forEach(this::send);
    }

    /** A transaction commits only if every record in it was written, so the futures need not be looked at. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record);
    }

    @Override
    public void close() {
        learner.close();
        // What is not committed is void, so there is nothing to wait for.
        producer.close(Duration.ZERO);
    }
}
