package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.vae.VaeConfig;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.producer.Dataset;
import sparsestream.producer.Datasets;
import sparsestream.producer.ProducerConfig;
import sparsestream.producer.ProducerMetrics;
import sparsestream.producer.ProducerService;
import sparsestream.producer.Split;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.session.TrainerService;
import sparsestream.trainer.session.TrainerStatus;

/** Runs of small models on batches of 64 drawn digits, and what they leave on the topics. */
record SmallRuns(String bootstrapServers, Dataset digits) {
    static final int BATCH = 64;

    static SmallRuns at(EmbeddedBroker broker, Path data) {
        return at(broker.bootstrapServers(), data);
    }

    static SmallRuns at(String bootstrapServers, Path data) {
        return new SmallRuns(bootstrapServers, new Datasets(Map.of(), data, progress -> {}).load("drawn", Split.TRAIN));
    }

    Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", bootstrapServers);
    }

    ProducerService producer(Topics topics, OptionalLong images, OptionalDouble rate, Health health) {
        ProducerConfig config = new ProducerConfig(
                Map.of("bootstrap.servers", bootstrapServers),
                topics.prefix(),
                BATCH,
                images,
                rate,
                3,
                true,
                Optional.empty());
        return new ProducerService(config, digits, ProducerMetrics.NOOP, health);
    }

    /** Streams until so many batches are on the topic, those already there counted. */
    void produce(Topics topics, int batches) {
        try (ProducerService producer =
                producer(topics, OptionalLong.of((long) batches * BATCH), OptionalDouble.empty(), new Health())) {
            producer.run();
            assertThat(producer.progress().images()).isEqualTo((long) batches * BATCH);
        }
    }

    /** Until the run has learned so many batches in all. */
    TrainerConfig config(Topics topics, String run, String model, int batches) {
        AdamConfig adam = AdamConfig.of(1e-3);
        L1 l1 = new L1(L1.Method.PROXIMAL, 1e-4);
        VaeConfig vae = new VaeConfig(List.of(32, 16), 8, adam, l1, l1);
        GanConfig gan = new GanConfig(8, List.of(16, 32), List.of(32, 16), adam, adam, l1, l1, 0.3, 2, 0.99);
        return new TrainerConfig(
                kafka(),
                topics,
                run,
                new ModelSettings(model.equals("vae") ? vae : gan, 28, 28, 11),
                1,
                Duration.ofMillis(200),
                OptionalLong.of((long) batches * BATCH),
                Optional.empty());
    }

    static TrainerStatus train(TrainerConfig config) {
        try (Metrics metrics = new Metrics();
                TrainerService trainer = new TrainerService(config, metrics, new Health())) {
            trainer.run();
            return trainer.status();
        }
    }

    TrainerStatus train(Topics topics, String run, String model, int batches) {
        return train(config(topics, run, model, batches));
    }

    void send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record).get();
            }
        }
    }

    /** All that a {@code read_committed} reader of partition 0 sees now. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            // Not the consumer's own end: a transaction's marker comes a moment after its commit has returned.
            long end = latest(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    private long latest(TopicPartition partition) {
        try (Admin admin = admin()) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** Every checkpoint of a key that can still be put together, in the order of the topic. */
    List<Checkpoint> checkpoints(Topic topic, String key) {
        CheckpointAssembler assembler = new CheckpointAssembler();
        List<Checkpoint> checkpoints = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : read(topic.name())) {
            try {
                assembler.accept(record).filter(c -> c.key().equals(key)).ifPresent(checkpoints::add);
            } catch (MalformedMessageException e) {
                // Compacted away, or what a test has put there.
            }
        }
        return checkpoints;
    }

    Checkpoint newest(Topic topic, String key) {
        List<Checkpoint> all = checkpoints(topic, key);
        return all.get(all.size() - 1);
    }

    /** Of weights and moments alone, whatever the version. */
    static String tensorsSha256(Checkpoint state) {
        Safetensors tensors = new Safetensors(Map.of(), state.contents().tensors());
        return new Checkpoint("run/model", 0, tensors).sha256();
    }

    Admin admin() {
        return Admin.create(kafka());
    }
}
