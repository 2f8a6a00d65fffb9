package sparsestream.golden;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import sparsestream.cli.Today;

/** A new cluster of one embedded broker, and today's command line on it. */
final class Cluster implements AutoCloseable {
    private final Today.Service broker;
    private final String bootstrapServers;
    private final Admin admin;
    private final Producer<byte[], byte[]> producer;

    Cluster(Path data) {
        broker = Today.start(List.of("broker", "--port", "0", "--data", data.toString()));
        bootstrapServers = broker.lineThatStartsWith("broker ready at ");
        admin = Admin.create(kafka());
        producer = new KafkaProducer<>(kafka(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** Runs a command line to its end, with success, and returns what it has printed. */
    String run(String line) {
        return Today.run(arguments(line));
    }

    private List<String> arguments(String line) {
        return Arrays.asList((line + " --bootstrap-servers " + bootstrapServers).split(" +", -1));
    }

    /** Sends records, each when the one before is there. */
    void send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        for (ProducerRecord<byte[], byte[]> each : records) {
            producer.send(each).get();
        }
    }

    boolean has(String topic) throws Exception {
        return admin.listTopics().names().get().contains(topic);
    }

    /** All committed records of a topic, which may not be there yet. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic) throws Exception {
        return has(topic) ? read(topic, partitions(topic)) : List.of();
    }

    private int partitions(String topic) throws Exception {
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .size();
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic, int partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int i = 0; i < partitions; i++) {
            asked.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(kafka(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(asked.keySet());
            consumer.seekToBeginning(asked.keySet());
            // Not the consumer's own ends: a transaction's marker comes a moment after its commit has returned.
            for (var end : admin.listOffsets(asked).all().get().entrySet()) {
                while (consumer.position(end.getKey()) < end.getValue().offset()) {
                    consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                }
            }
        }
        return records;
    }

    /** Makes this cluster, which has nothing yet, as one was that was recorded. */
    void restore(Recording recording) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        recording
                .topics()
                .forEach((name, topic) ->
                        topics.add(new NewTopic(name, Optional.of(topic.partitions()), Optional.empty())
                                .configs(topic.settings())));
        admin.createTopics(topics).all().get();
        send(recording.records());
        for (String group : recording.groups().keySet()) {
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            recording.groups().get(group).forEach((partition, count) -> {
                int dash = partition.lastIndexOf('-');
                offsets.put(
                        new TopicPartition(
                                partition.substring(0, dash), Integer.parseInt(partition.substring(dash + 1))),
                        new OffsetAndMetadata(count));
            });
            admin.alterConsumerGroupOffsets(group, offsets).all().get();
        }
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
        broker.close();
    }
}
