package sparsestream.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What a reader of a topic sees who looks only at what is committed. */
final class CommittedTopic {
    private CommittedTopic() {}

    /** All that is there now, in the order of the topic's one partition. */
    static List<ConsumerRecord<byte[], byte[]>> read(String bootstrapServers, String topic) {
        return read(bootstrapServers, topic, 0);
    }

    static List<ConsumerRecord<byte[], byte[]>> read(String bootstrapServers, String topic, int number) {
        return read(Map.of("bootstrap.servers", bootstrapServers), topic, number);
    }

    /** @param kafka settings of the client, {@code bootstrap.servers} among them */
    static List<ConsumerRecord<byte[], byte[]>> read(Map<String, Object> kafka, String topic, int number) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put("isolation.level", "read_committed");
        // Of a topic of megabytes, a few thousand polls would be most of a test's time.
        properties.put("max.poll.records", 10_000);
        properties.put("max.partition.fetch.bytes", 16 << 20);
        TopicPartition partition = new TopicPartition(topic, number);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
