package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.kafka.TopicCreation;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerService;

/** A client that cannot unpack zstd, as kafkajs comes, reads the topics that docs/topics.md says any client can. */
@Timeout(240)
class PlainClientIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Topics TOPICS = new Topics("");

    /** Prints the SHA-256 of so many values of a topic, or why it cannot. */
    private static final String READ = """
            const { Kafka, logLevel } = require("kafkajs");
            const { createHash } = require("crypto");
            const [broker, topic, count] = process.argv.slice(2);
            const consumer = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).consumer({ groupId: topic });
            let read = 0;
            const end = (line) => { console.log(line); process.exit(); };
            consumer.on("consumer.crash", ({ payload }) => end(payload.error.message));
            async function main() {
              await consumer.connect();
              await consumer.subscribe({ topic, fromBeginning: true });
              await consumer.run({ eachMessage: async ({ message }) => {
                console.log(createHash("sha256").update(message.value || "").digest("hex"));
                if (++read == Number(count)) end("all");
              } });
            }
            main();
            """;

    @TempDir
    private Path directory;

    @Test
    void theTopicsForEverybodyAreReadWithoutZstdAndTheOthersSayThatTheyNeedIt() throws Exception {
        Needed.require(
                Needed.succeeds("node", "-e", "require('kafkajs')"),
                "a client without zstd: kafkajs of npm with its node_modules in NODE_PATH");
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("data"), "127.0.0.1", 0)) {
            trainAndSample(broker);

            for (Topic topic : List.of(
                    TOPICS.trainingEvents(),
                    TOPICS.modelCheckpoints(),
                    TOPICS.imagesGenerated(),
                    TOPICS.sampleRefusals())) {
                List<String> expected = new ArrayList<>();
                for (ConsumerRecord<byte[], byte[]> record :
                        CommittedTopic.read(broker.bootstrapServers(), topic.name())) {
                    expected.add(sha256(record.value()));
                }
                assertThat(expected).as(topic.name()).isNotEmpty();
                List<String> read = read(broker, topic, expected.size());
                assertThat(read).as(topic.name()).endsWith("all").startsWith(expected.toArray(String[]::new));
            }
            assertThat(read(broker, TOPICS.trainerState(), 1))
                    .as("what shows that this client has no zstd")
                    .last()
                    .asString()
                    .contains("ZSTD");
        }
    }

    private static void trainAndSample(EmbeddedBroker broker) throws Exception {
        Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (Admin admin = Admin.create(kafka);
                Producer<byte[], byte[]> producer =
                        new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
                Metrics metrics = new Metrics();
                Services services = new Services(() -> {})) {
            TopicCreation.ensure(admin, List.of(TOPICS.imageBatches(), TOPICS.sampleRequests()));
            for (int batch = 0; batch < 20; batch++) {
                producer.send(new ProducerRecord<>(TOPICS.imageBatches().name(), Poison.goodBatch(32, batch)))
                        .get();
            }
            SmallModels.train(broker.bootstrapServers(), TOPICS, "run", "vae", 20 * 32);
            SamplerService sampler = new SamplerService(
                    new SamplerConfig(kafka, "", "run", List.of("vae"), 50, 5), metrics, new Health());
            services.start("sampler", sampler, sampler::close);
            await().atMost(PATIENCE).until(() -> sampler.imagesGenerated("vae") > 10);
            byte[] senseless = "{}".getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(TOPICS.sampleRequests().name(), senseless))
                    .get();
            String refusals = TOPICS.sampleRefusals().name();
            await().atMost(PATIENCE).until(() -> !CommittedTopic.read(broker.bootstrapServers(), refusals)
                    .isEmpty());
        }
    }

    private List<String> read(EmbeddedBroker broker, Topic topic, int count) throws Exception {
        Path script = Files.writeString(directory.resolve("read.js"), READ);
        Path output = directory.resolve("output");
        Process node = new ProcessBuilder(
                        "node", script.toString(), broker.bootstrapServers(), topic.name(), String.valueOf(count))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = node.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        node.destroyForcibly();
        assertThat(ended).as(() -> topic + " read to its end").isTrue();
        return Files.readAllLines(output);
    }

    private static String sha256(byte[] value) throws Exception {
        byte[] bytes = value == null ? new byte[0] : value;
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
