package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sparsestream.contract.GreyPng;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Topics;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerService;

/** The subscribers that docs/subscribing.md shows, word for word but for the broker's address. */
@Timeout(180)
class SubscriberIT {
    private static final String DOCUMENT = "docs/subscribing.md";
    private static final int MAX_LINES = 15;
    /** Images a second: the first comes at once, and none after it before the test is over. */
    private static final double RARELY = 0.001;

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "python, /usr/bin/python3, import confluent_kafka, python3-confluent-kafka of Debian",
        "javascript, node, require('kafkajs'), kafkajs of npm with its node_modules in NODE_PATH"
    })
    void aSubscriberOfTheDocumentationGetsImages(String language, String interpreter, String probe, String needed)
            throws Exception {
        String flag = language.equals("python") ? "-c" : "-e";
        Needed.require(
                Needed.succeeds(interpreter, flag, probe),
                "the subscriber of " + DOCUMENT + " in " + language + " needs " + needed);
        String snippet = Documents.listing(DOCUMENT, language, "images.generated");
        assertThat(Documents.lines(snippet)).hasSizeLessThan(MAX_LINES);
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("data"), "127.0.0.1", 0);
                RandomModels models = new RandomModels(broker.bootstrapServers(), new Topics(""));
                Metrics metrics = new Metrics();
                Services services = new Services(() -> {})) {
            models.publish("run", "vae", 7);
            Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
            SamplerService sampler = new SamplerService(
                    new SamplerConfig(kafka, "", "run", List.of("vae"), 20, 5), metrics, new Health());
            services.start("sampler", sampler, sampler::close);
            await().atMost(PATIENCE).until(() -> sampler.imagesGenerated("vae") > 0);
            Path script = directory.resolve("subscriber.script");
            Files.writeString(script, snippet.replace("localhost:9092", broker.bootstrapServers()));

            Path output = directory.resolve("output");
            Process subscriber = new ProcessBuilder(interpreter, script.toString())
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                // Not after its end: who is killed while it writes leaves half a picture.
                await().atMost(PATIENCE)
                        .ignoreException(MalformedMessageException.class)
                        .untilAsserted(() -> {
                            assertThat(images(output)).hasSizeGreaterThan(2);
                            assertThat(GreyPng.size(Files.readAllBytes(directory.resolve("latest.png"))))
                                    .isEqualTo(new GreyPng.Size(28, 28));
                        });
            } finally {
                subscriber.destroyForcibly().waitFor();
            }
            assertThat(images(output)).allMatch(line -> line.matches("vae 7 5 [0-9]+"));
        }
    }

    /** Somebody's request is refused last, and the newest picture is a picture all the same. */
    @Test
    void theLastRecordOfTheTopicIsAPictureAfterARefusalToo() throws Exception {
        Needed.require(
                Needed.succeeds("kcat", "-V"), "the subscriber of " + DOCUMENT + " on the command line needs kcat");
        String save = Documents.listing(DOCUMENT, "", "> latest.png");
        String ask = Documents.listing(DOCUMENT, "", "kcat -P -b localhost:9092 -t sample.requests");
        Topics topics = new Topics("");
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("data"), "127.0.0.1", 0);
                RandomModels models = new RandomModels(broker.bootstrapServers(), topics);
                Metrics metrics = new Metrics();
                Services services = new Services(() -> {})) {
            models.publish("run", "vae", 7);
            Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
            SamplerService sampler = new SamplerService(
                    new SamplerConfig(kafka, "", "run", List.of("vae"), RARELY, 5), metrics, new Health());
            services.start("sampler", sampler, sampler::close);
            await().atMost(PATIENCE).until(() -> sampler.imagesGenerated("vae") > 0);

            shell(broker, ask);
            await().atMost(PATIENCE).until(() -> sampler.imagesGenerated("vae") > 8);
            shell(broker, ask.replace("\"count\":8", "\"count\":0"));
            await().atMost(PATIENCE).until(() -> !refusals(broker, topics).isEmpty());
            shell(broker, save);

            assertThat(GreyPng.size(Files.readAllBytes(directory.resolve("latest.png"))))
                    .isEqualTo(new GreyPng.Size(28, 28));
            assertThat(refusals(broker, topics)).singleElement().satisfies(refusal -> assertThat(
                            new String(refusal.value(), StandardCharsets.UTF_8))
                    .contains("count: 0 is not an integer from 1 to 1000"));
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> refusals(EmbeddedBroker broker, Topics topics) {
        return CommittedTopic.read(
                broker.bootstrapServers(), topics.sampleRefusals().name());
    }

    private void shell(EmbeddedBroker broker, String command) throws Exception {
        Process shell = new ProcessBuilder("bash", "-c", command.replace("localhost:9092", broker.bootstrapServers()))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(shell.waitFor(30, TimeUnit.SECONDS)).as(command).isTrue();
        assertThat(shell.exitValue()).as(command).isZero();
    }

    /** Whole lines about images; a client may print others. */
    private static List<String> images(Path output) throws IOException {
        String text = Files.readString(output);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith("vae "))
                .toList();
    }
}
