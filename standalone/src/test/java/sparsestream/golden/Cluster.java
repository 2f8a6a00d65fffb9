package sparsestream.golden;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import sparsestream.golden.Recording.RecordedTopic;
import sparsestream.standalone.Today;

/** A new cluster of one embedded broker, and today's command line on it. */
final class Cluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

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

    /** Starts what a command line says; closing asks it to stop, and waits until it has, with success. */
    Today.Service start(String line) {
        return Today.start(arguments(line));
    }

    private List<String> arguments(String line) {
        return Arrays.asList((line + " --bootstrap-servers " + bootstrapServers).split(" +", -1));
    }

    void create(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    /** Sends records in this order; they are there when this returns. */
    void send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        List<Future<?>> sent = new ArrayList<>();
        records.forEach(record -> sent.add(producer.send(record)));
        for (Future<?> each : sent) {
            each.get();
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

    void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(PATIENCE).until(condition);
    }

    /** How many of a partition's records a group has read. */
    private static long read(List<ConsumerRecord<byte[], byte[]>> records, TopicPartition partition, long offset) {
        return records.stream()
                .filter(record -> record.partition() == partition.partition() && record.offset() < offset)
                .count();
    }

    /** Whether a group has read all that is in a topic now. */
    boolean isRead(String group, String topic) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = read(topic);
        long read = 0;
        for (var committed : committed(group).entrySet()) {
            if (committed.getKey().topic().equals(topic)) {
                read += read(records, committed.getKey(), committed.getValue().offset());
            }
        }
        return read == records.size();
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(String group) throws Exception {
        return admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
    }

    /** All that is there now. */
    Recording record() throws Exception {
        SortedMap<String, RecordedTopic> topics = new TreeMap<>();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        SortedMap<String, SortedMap<String, Long>> groups = new TreeMap<>();
        Map<String, List<ConsumerRecord<byte[], byte[]>>> read = new TreeMap<>();
        for (TopicDescription topic : admin.describeTopics(
                        admin.listTopics().names().get())
                .allTopicNames()
                .get()
                .values()) {
            topics.put(topic.name(), new RecordedTopic(topic.partitions().size(), settings(topic.name())));
            read.put(topic.name(), read(topic.name(), topic.partitions().size()));
        }
        read.values()
                .forEach(all -> all.forEach(record -> records.add(new ProducerRecord<>(
                        record.topic(), record.partition(), record.key(), record.value(), record.headers()))));
        for (GroupListing group : admin.listGroups().all().get()) {
            SortedMap<String, Long> counts = new TreeMap<>();
            committed(group.groupId())
                    .forEach((partition, offset) -> counts.put(
                            partition.toString(), read(read.get(partition.topic()), partition, offset.offset())));
            groups.put(group.groupId(), counts);
        }
        return new Recording(topics, records, groups);
    }

    private SortedMap<String, String> settings(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        SortedMap<String, String> settings = new TreeMap<>();
        for (ConfigEntry entry : admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .entries()) {
            if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                settings.put(entry.name(), entry.value());
            }
        }
        return settings;
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
