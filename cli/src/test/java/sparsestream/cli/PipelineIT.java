package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.GreyPng;
import sparsestream.contract.PublishedModel;
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
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerService;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.session.TrainerService;
import sparsestream.trainer.session.TrainerStatus;

/** Producer, trainer and sampler over a real broker. Each test has topics of its own. */
class PipelineIT {
    private static final int BATCH = 64;

    @TempDir
    private static Path data;

    private static EmbeddedBroker broker;
    private static Dataset digits;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(data, "127.0.0.1", 0);
        digits = new Datasets(Map.of(), data, progress -> {}).load("drawn", Split.TRAIN);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vae", "gan"})
    void aPoisonedBatchEndsInTheDeadLettersAndTrainingGoesOn(String model) throws Exception {
        Topics topics = new Topics("poison-" + model + ".");
        produce(topics, 10 * BATCH);
        byte[] poison = "no batch at all".getBytes(StandardCharsets.UTF_8);
        send(topics.imageBatches().name(), poison);
        produce(topics, 20 * BATCH);

        TrainerStatus status = train(topics, "run", model, 20 * BATCH);

        assertThat(status.images()).isEqualTo(20 * BATCH);
        assertThat(status.step()).isEqualTo(20);
        assertThat(status.rejected()).isEqualTo(1);
        ConsumerRecord<byte[], byte[]> letter =
                read(topics.deadLetters().name(), 1).get(0);
        assertThat(letter.value()).isEqualTo(poison);
        assertThat(header(letter, "dlq.topic")).isEqualTo(topics.imageBatches().name());
        assertThat(header(letter, "dlq.offset")).isEqualTo("10");
        assertThat(header(letter, "dlq.error.message")).contains("header_length");
        assertThat(committedOffset(topics, "run", model))
                .isEqualTo(status.offset())
                .isEqualTo(21);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vae", "gan"})
    void aRestartedTrainerEndsWithTheWeightsOfOneThatNeverStopped(String model) {
        Topics topics = new Topics("restart-" + model + ".");
        produce(topics, 30 * BATCH);

        TrainerStatus first = train(topics, "restarted", model, 12 * BATCH);
        assertThat(first.offset()).isEqualTo(12);
        TrainerStatus second = train(topics, "restarted", model, 30 * BATCH);
        TrainerStatus undisturbed = train(topics, "undisturbed", model, 30 * BATCH);

        assertThat(second.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
        assertThat(second.step()).isEqualTo(undisturbed.step()).isEqualTo(30);
        assertThat(second.offset()).isEqualTo(undisturbed.offset()).isEqualTo(30);
        assertThat(second.version()).isGreaterThan(first.version());
    }

    @Test
    void aSamplerThatStartsFirstEmitsImagesOfTheModelThatComes() throws Exception {
        Topics topics = new Topics("sample.");
        SamplerConfig config = new SamplerConfig(kafka(), topics.prefix(), "run", List.of("vae"), 100, 5);
        try (Metrics metrics = new Metrics();
                Services services = new Services(() -> {})) {
            SamplerService sampler = new SamplerService(config, metrics, new Health());
            services.start("sampler", sampler, sampler::close);
            produce(topics, 4 * BATCH);
            TrainerStatus trained = train(topics, "run", "vae", 4 * BATCH);

            await().atMost(Duration.ofSeconds(30)).until(() -> sampler.imagesGenerated("vae") >= 20);
            List<ConsumerRecord<byte[], byte[]>> records =
                    read(topics.imagesGenerated().name(), 20);
            Checkpoint checkpoint = newestCheckpoint(topics, "run/vae");
            PublishedModel published = PublishedModel.decode(checkpoint.contents());
            assertThat(published.weightsSha256()).isEqualTo(trained.weightsSha256());
            for (int i = 0; i < records.size(); i++) {
                GeneratedImage image = GeneratedImage.fromRecord(records.get(i));
                assertThat(image.model()).isEqualTo("vae");
                assertThat(image.index()).isEqualTo(i);
                assertThat(image.checkpointSha256()).isEqualTo(checkpoint.sha256());
                assertThat(image.version()).isEqualTo(trained.version());
                assertThat(image.inputOffsetFrom()).isZero();
                assertThat(image.inputOffsetTo()).isEqualTo(4);
                assertThat(GreyPng.decode(image.png())).hasSize(28 * 28);
            }
        }
    }

    /** Streams until {@code images} are on the topic, those already there counted. */
    private static void produce(Topics topics, long images) {
        Map<String, String> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        ProducerConfig config = new ProducerConfig(
                kafka,
                topics.prefix(),
                BATCH,
                OptionalLong.of(images),
                OptionalDouble.empty(),
                3,
                true,
                Optional.empty());
        try (ProducerService producer = new ProducerService(config, digits, ProducerMetrics.NOOP, new Health())) {
            producer.run();
            assertThat(producer.progress().images()).isEqualTo(images);
        }
    }

    private static TrainerStatus train(Topics topics, String run, String model, long images) {
        TrainerConfig config = config(topics, run, model, images);
        try (Metrics metrics = new Metrics();
                TrainerService trainer = new TrainerService(config, metrics, new Health())) {
            trainer.run();
            return trainer.status();
        }
    }

    private static TrainerConfig config(Topics topics, String run, String model, long images) {
        AdamConfig adam = AdamConfig.of(1e-3);
        L1 l1 = new L1(L1.Method.PROXIMAL, 1e-4);
        VaeConfig vae = new VaeConfig(List.of(32, 16), 8, adam, l1, l1);
        GanConfig gan = new GanConfig(8, List.of(16, 32), List.of(32, 16), adam, adam, l1, l1, 0.3, 2, 0.99);
        ModelSettings settings = new ModelSettings(model.equals("vae") ? vae : gan, 28, 28, 11);
        return new TrainerConfig(
                kafka(), topics, run, settings, 1, Duration.ofMillis(200), OptionalLong.of(images), Optional.empty());
    }

    private static Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    private static void send(String topic, byte[] value) throws Exception {
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        }
    }

    /** The first committed records of a topic, which must come within a deadline. */
    private static List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<String, Object> properties =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partition = List.of(new TopicPartition(topic, 0));
            consumer.assign(partition);
            consumer.seekToBeginning(partition);
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return records.size() >= count;
            });
        }
        return records.subList(0, count);
    }

    private static Checkpoint newestCheckpoint(Topics topics, String key) throws Exception {
        CheckpointAssembler assembler = new CheckpointAssembler();
        String topic = topics.modelCheckpoints().name();
        // One version of the VAE is one part and a manifest.
        for (ConsumerRecord<byte[], byte[]> record : read(topic, 2)) {
            Optional<Checkpoint> checkpoint = assembler.accept(record);
            if (checkpoint.isPresent() && checkpoint.get().key().equals(key)) {
                return checkpoint.get();
            }
        }
        throw new AssertionError("no checkpoint of " + key);
    }

    private static long committedOffset(Topics topics, String run, String model) throws Exception {
        try (Admin admin = Admin.create(kafka())) {
            return admin.listConsumerGroupOffsets(config(topics, run, model, 1).group())
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(topics.imageBatches().name(), 0))
                    .offset();
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
