package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.GreyPng;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.kafka.TopicCreation;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.published.Archive;
import sparsestream.published.ModelVersion;
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerService;

/** Samplers on a real broker, with versions that the test publishes. Each test has topics of its own. */
@Timeout(240)
class SamplerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private static Path data;

    private static EmbeddedBroker broker;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(data, "127.0.0.1", 0);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void everyImageIsMadeAgainAndFromTheArchiveAlsoWhatCompactionHasRemoved() throws Exception {
        Topics topics = new Topics("again.");
        Path archive = directory.resolve("archive");
        try (RandomModels models = new RandomModels(broker.bootstrapServers(), compactedAtOnce(topics));
                Metrics metrics = new Metrics();
                Services services = new Services(() -> {})) {
            models.publish("run", "vae", 1);
            SamplerService sampler = start(services, metrics, topics, 20, archive);
            await().atMost(PATIENCE).until(() -> sampler.imagesGenerated("vae") >= 3);
            request(topics, "{'id':'way','model':'vae','count':3,'interpolation':{'from':1,'to':2},'truncation':0.8}");
            request(topics, "{'id':'given','model':'vae','latents':[[1,2,3,4,-1,-2,-3,-4]]}");
            request(topics, "{'id':'wrong','model':'vae','latents':[[1]]}");
            List<ConsumerRecord<byte[], byte[]>> records = awaitAnswers(topics, Map.of("way", 3, "given", 1));

            for (ConsumerRecord<byte[], byte[]> record : records.subList(0, 2)) {
                requireReplayed(topics, record);
            }
            records.stream()
                    .filter(record -> Set.of("way", "given").contains(correlation(record)))
                    .forEach(record -> requireReplayed(topics, record));

            ConsumerRecord<byte[], byte[]> refusal = onlyRefusal(topics);
            assertThat(correlation(refusal)).isEqualTo("wrong");
            assertThat(new String(refusal.value(), UTF_8))
                    .contains("latents.0: has 1 elements, and vae has 8 latent dimensions");
            assertThat(images(records)).as("nothing but images").hasSameSizeAs(records);
            // As an earlier release left it.
            long among = forged(topics, refusal, refusal.value());
            requireFailure("the record at offset " + among + " is no generated image: ce_type", topics, among);
            assertThat(CommittedTopic.read(
                            broker.bootstrapServers(),
                            topics.sampleRequestLetters().name()))
                    .hasSize(1);
            requireFailure("again.images.generated-0 has no offset 1000000: it has 0 to ", topics, 1_000_000);
            requireFailure(
                    "other pixels come out",
                    topics,
                    forged(topics, records.get(0), records.get(1).value()));

            models.publish("run", "vae", 2);
            await().atMost(PATIENCE)
                    .until(() -> sampler.state()
                                    .model("vae")
                                    .orElseThrow()
                                    .version()
                                    .orElseThrow()
                                    .version()
                            == 2);
            for (long version = 1; replay(topics, 0, directory.resolve("gone.png")) == 0; version++) {
                // A segment is compacted once it is full or old, which it is found to be when something is added.
                models.publish("other", "vae", version);
            }
            requireFailure("version 1 of vae (SHA-256 ", topics, 0);
            assertThat(err.toString()).contains("is not on again.model.checkpoints any more");
            Path again = directory.resolve("again.png");
            assertThat(replay(topics, 0, again, "--archive", archive.toString()))
                    .isZero();
            assertThat(again).hasBinaryContent(records.get(0).value());
            requireExports(topics, archive);
        }
    }

    private void requireExports(Topics topics, Path archive) throws Exception {
        Path file = directory.resolve("model");
        assertThat(export(topics, file, "--format", "safetensors")).isZero();
        assertThat(Safetensors.decode(Files.readAllBytes(file)).metadata()).containsEntry("checkpoint_version", "2");
        assertThat(export(topics, file, "--format", "onnx", "--version", "1")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no version 1 of vae, run run, in again.model.checkpoints");
        assertThat(export(topics, file, "--format", "onnx", "--version", "1", "--archive", archive.toString()))
                .isZero();
        assertThat(new String(Files.readAllBytes(file), UTF_8)).contains("Sigmoid");
        assertThat(export(topics, file, "--format", "pickle")).isEqualTo(2);
    }

    /** Of each version, from its commit to its first image. */
    @Test
    void aNewVersionIsLiveWithin200MsAndNoImageMixesTwo() throws Exception {
        Topics topics = new Topics("swap.");
        int versions = 20;
        Map<Long, Instant> committed = new HashMap<>();
        try (RandomModels models = new RandomModels(broker.bootstrapServers(), topics);
                Metrics metrics = new Metrics();
                Services services = new Services(() -> {})) {
            SamplerService sampler = start(services, metrics, topics, 500, directory.resolve("archive"));
            for (long version = 1; version <= versions; version++) {
                long current = version;
                committed.put(version, models.publish("run", "vae", version));
                long before = sampler.imagesGenerated("vae");
                await().pollInterval(Duration.ofMillis(5))
                        .atMost(PATIENCE)
                        .until(() -> sampler.state()
                                        .model("vae")
                                        .orElseThrow()
                                        .version()
                                        .filter(served -> served.version() == current)
                                        .isPresent()
                                && sampler.imagesGenerated("vae") > before + 20);
            }
        }
        List<ConsumerRecord<byte[], byte[]>> records = CommittedTopic.read(
                broker.bootstrapServers(), topics.imagesGenerated().name());
        List<GeneratedImage> images = images(records);
        assertThat(images).extracting(GeneratedImage::version).isSorted();
        Archive archive = Archive.existing(directory.resolve("archive"));
        Map<Long, ModelVersion> drawers = new HashMap<>();
        Map<Long, Long> delaysMs = new TreeMap<>();
        for (GeneratedImage image : images) {
            if (!drawers.containsKey(image.version())) {
                ModelVersion drawer =
                        archive.find("run", "vae", image.version()).orElseThrow();
                drawers.put(image.version(), drawer);
                delaysMs.put(
                        image.version(),
                        Duration.between(committed.get(image.version()), image.time())
                                .toMillis());
            }
            ModelVersion drawer = drawers.get(image.version());
            assertThat(image.checkpointSha256()).isEqualTo(drawer.sha256());
            assertThat(GreyPng.decode(image.png())).isEqualTo(drawer.generator().image(image.seed(), image.index()));
        }
        assertThat(drawers).hasSize(versions);
        delaysMs.remove(1L);
        long[] sorted =
                delaysMs.values().stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.println("ms from a version's commit to its first image: " + Arrays.toString(sorted));
        assertThat(sorted[sorted.length / 2]).as("median of %s ms", delaysMs).isLessThan(200);
    }

    @Test
    void aSamplerThatIsKilledLeavesNoRequestUnanswered() throws Exception {
        Topics topics = new Topics("killed.");
        int requests = 120;
        try (RandomModels models = new RandomModels(broker.bootstrapServers(), topics);
                Processes processes = new Processes(directory);
                Admin admin = Admin.create(kafka())) {
            models.publish("run", "vae", 1);
            Process first = sampler(processes, "first", topics);
            sampler(processes, "second", topics);
            await().atMost(PATIENCE).ignoreExceptions().until(() -> partitionsByMember(admin)
                    .equals(List.of(4, 4)));

            ask(topics, 0, requests / 2);
            await().atMost(PATIENCE).until(() -> !answers(topics).isEmpty());
            ask(topics, requests / 2, requests);
            first.destroyForcibly();

            Map<String, Integer> expected = new HashMap<>();
            IntStream.range(0, requests).forEach(i -> expected.put("r" + i, 10));
            List<ConsumerRecord<byte[], byte[]>> records = awaitAnswers(topics, expected);
            // One that was answered in part when its sampler died has some images twice, and they are the same.
            images(records).stream()
                    .collect(groupingBy(GeneratedImage::id))
                    .values()
                    .forEach(repeats -> repeats.forEach(repeat ->
                            assertThat(repeat.png()).isEqualTo(repeats.get(0).png())));
        }
    }

    private void ask(Topics topics, int from, int to) throws Exception {
        String[] requests = IntStream.range(from, to)
                .mapToObj("{'id':'r%1$d','model':'vae','count':10,'seed':%1$d}"::formatted)
                .toArray(String[]::new);
        request(topics, requests);
    }

    private static Process sampler(Processes processes, String name, Topics topics) {
        return processes.start(
                name,
                List.of(),
                List.of(
                        "sampler",
                        "--bootstrap-servers",
                        broker.bootstrapServers(),
                        "--topic-prefix",
                        topics.prefix(),
                        "--run-id",
                        "run",
                        "--model",
                        "vae",
                        "--rate",
                        "1"));
    }

    private static List<Integer> partitionsByMember(Admin admin) throws Exception {
        String group = "killed.sparsestream-run-sampler";
        return admin.describeConsumerGroups(List.of(group)).all().get().get(group).members().stream()
                .map(member -> member.assignment().topicPartitions().size())
                .toList();
    }

    private static SamplerService start(Services services, Metrics metrics, Topics topics, double rate, Path archive) {
        SamplerService sampler = new SamplerService(
                new SamplerConfig(kafka(), topics.prefix(), "run", List.of("vae"), rate, 5, Optional.of(archive)),
                metrics,
                new Health());
        services.start("sampler", sampler, sampler::close);
        return sampler;
    }

    private static Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    private static Topic compactedAtOnce(Topics topics) {
        return new Topic(
                topics.modelCheckpoints().name(),
                1,
                Map.of(
                        "cleanup.policy", "compact",
                        "segment.ms", "100",
                        "min.cleanable.dirty.ratio", "0.01",
                        "delete.retention.ms", "0"));
    }

    private static void request(Topics topics, String... requests) throws Exception {
        try (Admin admin = Admin.create(kafka())) {
            TopicCreation.ensure(admin, List.of(topics.sampleRequests()));
        }
        List<ProducerRecord<byte[], byte[]>> records = Stream.of(requests)
                .map(json -> new ProducerRecord<byte[], byte[]>(
                        topics.sampleRequests().name(), json.replace('\'', '"').getBytes(UTF_8)))
                .toList();
        send(records);
    }

    private static long send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        long last = -1;
        // One after the other, so that they are spread over the partitions.
        Map<String, Object> settings = new HashMap<>(kafka());
        settings.put("batch.size", 1);
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                last = producer.send(record).get().offset();
            }
        }
        return last;
    }

    /** The headers of one image with the pixels of another. */
    private static long forged(Topics topics, ConsumerRecord<byte[], byte[]> headers, byte[] png) throws Exception {
        return send(List.of(
                new ProducerRecord<>(topics.imagesGenerated().name(), 0, headers.key(), png, headers.headers())));
    }

    private static List<ConsumerRecord<byte[], byte[]>> answers(Topics topics) {
        return CommittedTopic.read(
                        broker.bootstrapServers(), topics.imagesGenerated().name())
                .stream()
                .filter(record -> !correlation(record).isEmpty())
                .toList();
    }

    /** All records of the topic, once each request has so many answers with ids of their own. */
    private static List<ConsumerRecord<byte[], byte[]>> awaitAnswers(Topics topics, Map<String, Integer> expected) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            Map<String, Set<String>> ids = answers(topics).stream()
                    .collect(groupingBy(SamplerIT::correlation, mapping(record -> header(record, "ce_id"), toSet())));
            Map<String, Integer> counts = new HashMap<>();
            ids.forEach((id, of) -> counts.put(id, of.size()));
            assertThat(counts).isEqualTo(expected);
        });
        return CommittedTopic.read(
                broker.bootstrapServers(), topics.imagesGenerated().name());
    }

    private static List<GeneratedImage> images(List<ConsumerRecord<byte[], byte[]>> records)
            throws MalformedMessageException {
        List<GeneratedImage> images = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            images.add(GeneratedImage.fromRecord(record));
        }
        return images;
    }

    private static ConsumerRecord<byte[], byte[]> onlyRefusal(Topics topics) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            found.clear();
            found.addAll(CommittedTopic.read(
                    broker.bootstrapServers(), topics.sampleRefusals().name()));
            assertThat(found).isNotEmpty();
        });
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static String correlation(ConsumerRecord<byte[], byte[]> record) {
        return record.headers().lastHeader(GeneratedImage.CORRELATION_HEADER) == null
                ? ""
                : header(record, GeneratedImage.CORRELATION_HEADER);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private void requireReplayed(Topics topics, ConsumerRecord<byte[], byte[]> record) {
        Path file = directory.resolve("replayed-" + record.offset() + ".png");
        assertThat(replay(topics, record.offset(), file)).as(err.toString()).isZero();
        assertThat(file).hasBinaryContent(record.value());
    }

    private void requireFailure(String message, Topics topics, long offset) {
        err.getBuffer().setLength(0);
        Path file = directory.resolve("none.png");
        assertThat(replay(topics, offset, file)).isEqualTo(1);
        assertThat(err.toString()).contains(message).hasLineCount(1);
        assertThat(file).doesNotExist();
    }

    private int replay(Topics topics, long offset, Path file, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "replay",
                "image",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--topic-prefix",
                topics.prefix(),
                "--offset",
                String.valueOf(offset),
                "--out",
                file.toString()));
        arguments.addAll(List.of(more));
        return run(arguments);
    }

    private int export(Topics topics, Path file, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "export",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--topic-prefix",
                topics.prefix(),
                "--run-id",
                "run",
                "--model",
                "vae",
                "--out",
                file.toString()));
        arguments.addAll(List.of(more));
        return run(arguments);
    }

    private int run(List<String> arguments) {
        CommandLine commandLine = Main.commandLine(Map.of(), new ShutdownSignal());
        return commandLine
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
    }
}
