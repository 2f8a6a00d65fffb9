package sparsestream.trainer;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Topic;

/** Finds the last committed state of a key. */
final class StateReader {
    private static final Duration POLL = Duration.ofMillis(200);

    private StateReader() {}

    /**
     * Reads a compacted topic to its end.
     *
     * @return the newest version of the key, or nothing if the topic has none
     * @throws TrainerException if the newest manifest of the key can't be assembled
     */
    static Optional<Checkpoint> newest(Admin admin, Map<String, Object> kafka, Topic topic, String key) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 32 << 20);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 32 << 20);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        TopicPartition partition = new TopicPartition(topic.name(), 0);
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            // Not the consumer's own end: that lies before the open transactions of other trainers, and what this key
            // committed after one of them began lies behind it. They end soon, by themselves or by their timeout.
            long end = end(admin, partition);
            Newest newest = new Newest(key);
            while (consumer.position(partition) < end) {
                consumer.poll(POLL).records(partition).forEach(newest::accept);
            }
            return newest.get();
        }
    }

    private static long end(Admin admin, TopicPartition partition) {
        try {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw new KafkaException("cannot find the end of " + partition, e.getCause());
        }
    }

    /** The newest version of one key among records in the order of the topic. */
    private static final class Newest {
        private final String key;
        private final CheckpointAssembler assembler = new CheckpointAssembler();
        private Checkpoint newest;
        private MalformedMessageException failure;

        Newest(String key) {
            this.key = key;
        }

        void accept(ConsumerRecord<byte[], byte[]> record) {
            if (!belongs(record)) {
                return;
            }
            try {
                Optional<Checkpoint> checkpoint = assembler.accept(record);
                if (checkpoint.isPresent()) {
                    newest = checkpoint.get();
                    failure = null;
                }
            } catch (MalformedMessageException e) {
                // Usual for a version whose parts are compacted away; a newer one then follows. If none does, it
                // counts.
                failure = e;
            }
        }

        private boolean belongs(ConsumerRecord<byte[], byte[]> record) {
            if (record.key() == null) {
                return false;
            }
            String name = new String(record.key(), java.nio.charset.StandardCharsets.UTF_8);
            return name.equals(key) || name.startsWith(key + "/");
        }

        Optional<Checkpoint> get() {
            if (failure != null) {
                throw new TrainerException(
                        "the state of " + key + " is damaged: " + failure.getMessage() + "; give another --run-id",
                        failure);
            }
            return Optional.ofNullable(newest);
        }
    }
}
