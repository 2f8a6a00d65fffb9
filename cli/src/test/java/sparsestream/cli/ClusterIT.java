package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.cli.CheckpointWatch.Manifest;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.ImageBatch;

/**
 * Three brokers are killed, suspended and started again in turn while producer, ingest, a trainer of each model and a sampler work on
 * them, each a process. All go on by themselves, and the topics hold in the end what they would had nothing happened.
 *
 * <p>{@code -Dcluster.rounds=N} for more of the same, with the brokers' parts exchanged; {@code -Dcluster.outage.seconds=N} and
 * {@code -Dcluster.suspension.seconds=N} for how long at least two of three are away and one is suspended.
 */
@Timeout(3_600)
class ClusterIT {
    private static final int ROUNDS = Integer.getInteger("cluster.rounds", 1);
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("cluster.outage.seconds", 15));
    private static final Duration SUSPENSION = Duration.ofSeconds(Integer.getInteger("cluster.suspension.seconds", 2));
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final List<String> MODELS = List.of("vae", "gan");
    private static final TopicPartition STATE = new TopicPartition("trainer.state", 0);
    private static final TopicPartition BATCHES = new TopicPartition("images.batches", 0);
    private static final TopicPartition RAW = new TopicPartition("images.raw", 0);

    @TempDir
    private Path directory;

    private final Map<String, MonitoredProcess> services = new TreeMap<>();
    private Processes processes;
    private BrokerCluster cluster;

    @BeforeEach
    void startBrokers() throws Exception {
        processes = new Processes(directory);
        cluster = BrokerCluster.start(processes, directory);
    }

    @AfterEach
    void killWhatIsLeft() {
        cluster.close();
        processes.close();
    }

    @Test
    void brokersThatComeAndGoCostNoBatchNoImageAndNoBit() throws Exception {
        startServices();
        try (NumberedImages images = new NumberedImages(cluster.bootstrapServers(), directory);
                CheckpointWatch watch = new CheckpointWatch(cluster.bootstrapServers())) {
            awaitProgress("all were started");
            cluster.awaitWhole();
            for (int round = 0; round < ROUNDS; round++) {
                strike(1 + round % 3, 1 + (round + 1) % 3, 1 + (round + 2) % 3);
            }
            stop("producer");
            requireEachInOneBatch(images.stop());
            stop("ingest");
            requireTheWeightsOfThoseWhoWereSpared();
            requireNothingTakenBack(watch.stop());
        }
        stop("sampler");
        Map<String, GeneratedImage> last = ImageSequence.requireWhole(cluster.bootstrapServers());
        assertThat(last).containsOnlyKeys(MODELS);
        last.forEach((model, image) ->
                print("%s, %d images drawn, the last of version %d", model, image.index() + 1, image.version()));
    }

    /** Each of the brokers is killed once while it leads the topic that everything hangs on. */
    private void strike(int first, int second, int third) throws Exception {
        kill(first);
        awaitProgress("broker %s was killed".formatted(first));
        cluster.start(first);
        cluster.awaitWhole();

        kill(second);
        cluster.suspend(third);
        awaitStandstill();
        cluster.start(second);
        cluster.resume(third);
        awaitProgress("brokers %s and %s, killed and suspended, were back".formatted(second, third));
        cluster.awaitWhole();

        kill(third);
        awaitProgress("broker %s was killed".formatted(third));
        cluster.start(third);
        cluster.awaitWhole();

        cluster.lead(first, STATE);
        cluster.suspend(first);
        cluster.awaitOthersLead(first);
        await().during(SUSPENSION).atMost(SUSPENSION.plus(PATIENCE)).until(this::allAreAlive);
        cluster.resume(first);
        awaitProgress("broker %s, suspended for longer than its session, was back".formatted(first));
        cluster.awaitWhole();
    }

    private void kill(int broker) throws Exception {
        cluster.lead(broker, STATE);
        print(
                "broker %d leads %d partitions, broker %d is the active controller",
                broker, cluster.leads(broker).size(), cluster.controller());
        cluster.kill(broker);
    }

    private void startServices() {
        start("producer", "producer: metrics", "producer", "--dataset", "drawn", "--batch-size", "32", "--rate", "96");
        start("ingest", "ingest: metrics", "ingest", "--batch-size", "32", "--shuffle-buffer", "64", "--max-wait", "1");
        for (String model : MODELS) {
            start(model, "trainer: metrics", trainer("struck", model, "--checkpoint-interval", "1"));
        }
        start("sampler", "sampler: gallery", "sampler", "--run-id", "struck", "--rate", "10");
    }

    private void start(String name, String announcement, String... arguments) {
        Process process = process(name, arguments);
        String line = processes.lineThatStartsWith(name, announcement);
        services.put(name, new MonitoredProcess(process, line.substring(line.indexOf("http://"))));
    }

    private String[] trainer(String run, String model, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "trainer",
                "--run-id",
                run,
                "--model",
                model,
                "--summary",
                summary(run, model).toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private Path summary(String run, String model) {
        return directory.resolve(run + "-" + model + ".json");
    }

    private Process process(String name, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-servers", cluster.bootstrapServers()));
        return processes.start(name, List.of("-XX:+UseSerialGC"), all);
    }

    private void stop(String name) throws Exception {
        Process process = services.remove(name).process();
        process.toHandle().destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(name).isTrue();
        assertThat(process.exitValue()).as(name).isZero();
    }

    /** Waits until every service is well and has committed something that it had not when this was called. */
    private void awaitProgress(String since) throws Exception {
        long start = System.nanoTime();
        Map<String, Long> before = new HashMap<>();
        Map<String, String> seconds = new TreeMap<>();
        await().atMost(PATIENCE).pollInterval(POLL).until(() -> {
            String now = String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) / 1e9);
            Map<String, Long> committed = committed();
            imagesTaken().ifPresent(offset -> committed.put("ingest", offset));
            committed.forEach((what, count) -> {
                if (count > before.computeIfAbsent(what, first -> count)) {
                    seconds.putIfAbsent(what, now);
                }
            });
            return seconds.keySet().containsAll(committed.keySet()) && seconds.containsKey("ingest") && allAreReady();
        });
        print("%.1f s after %s all have gone on: %s", (System.nanoTime() - start) / 1e9, since, seconds);
    }

    /** Waits until nothing has been committed for as long as an outage is to be. */
    private void awaitStandstill() {
        AtomicReference<Map<String, Long>> last = new AtomicReference<>(Map.of());
        await().during(OUTAGE).atMost(OUTAGE.plus(PATIENCE)).pollInterval(POLL).until(() -> {
            Map<String, Long> now = committed();
            return now.equals(last.getAndSet(now));
        });
    }

    /** What each service knows to be committed. */
    private Map<String, Long> committed() throws Exception {
        assertThat(allAreAlive()).isTrue();
        Map<String, Long> committed = new TreeMap<>();
        committed.put("producer", services.get("producer").value("sparsestream_images_produced_total"));
        for (String model : MODELS) {
            committed.put(
                    model, services.get(model).value("sparsestream_checkpoint_version{model=\"%s\"}".formatted(model)));
            committed.put(
                    "images of " + model,
                    services.get("sampler")
                            .value("sparsestream_images_generated_total{model=\"%s\"}".formatted(model)));
        }
        return committed;
    }

    /** Up to where ingest's transactions have come; empty if the cluster can't tell now. */
    private OptionalLong imagesTaken() throws InterruptedException {
        try {
            return OptionalLong.of(committedOffset("sparsestream-ingest", RAW));
        } catch (ExecutionException e) {
            return OptionalLong.empty();
        }
    }

    private boolean allAreReady() throws Exception {
        for (MonitoredProcess service : services.values()) {
            if (!service.isReady()) {
                return false;
            }
        }
        return true;
    }

    private boolean allAreAlive() {
        services.forEach((name, service) -> assertThat(service.process().isAlive())
                .as(() -> name + " ended by itself: " + processes.errors(name))
                .isTrue());
        return true;
    }

    private void requireEachInOneBatch(int sent) throws Exception {
        List<Integer> all = IntStream.range(0, sent).boxed().toList();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> ingested().size() >= sent);
        assertThat(ingested()).containsExactlyInAnyOrderElementsOf(all);
        print("%d images ingested", sent);
    }

    private List<Integer> ingested() throws Exception {
        List<Integer> numbers = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : batches()) {
            if (new String(record.key(), UTF_8).startsWith(RAW.topic())) {
                numbers.addAll(NumberedImages.numbers(ImageBatch.decode(record.value())));
            }
        }
        return numbers;
    }

    private List<ConsumerRecord<byte[], byte[]>> batches() {
        return CommittedTopic.read(cluster.bootstrapServers(), BATCHES.topic());
    }

    /** Lets the trainers learn all that there is, and others of another run that nothing happens to. */
    private void requireTheWeightsOfThoseWhoWereSpared() throws Exception {
        List<ConsumerRecord<byte[], byte[]>> batches = batches();
        long images = 0;
        for (ConsumerRecord<byte[], byte[]> batch : batches) {
            images += ImageBatch.decode(batch.value()).count();
        }
        long last = batches.get(batches.size() - 1).offset();
        for (String model : MODELS) {
            await().atMost(PATIENCE).until(() -> committedOffset("sparsestream-struck-" + model, BATCHES) > last);
            stop(model);
        }
        Map<String, Process> spared = new HashMap<>();
        for (String model : MODELS) {
            spared.put(model, process("spared-" + model, trainer("spared", model, "--images", "" + images)));
        }
        for (String model : MODELS) {
            assertThat(spared.get(model).waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(spared.get(model).exitValue()).isZero();
            JsonNode struck = outcome("struck", model);
            print("%s, of %d batches: %s", model, batches.size(), struck);
            for (String field : List.of("weightsSha256", "steps", "images", "offset")) {
                assertThat(struck.get(field))
                        .as("%s's %s", model, field)
                        .isEqualTo(outcome("spared", model).get(field));
            }
            assertThat(struck.get("steps").asLong()).isEqualTo(batches.size());
            assertThat(struck.get("images").asLong()).isEqualTo(images);
        }
    }

    private JsonNode outcome(String run, String model) throws Exception {
        return new ObjectMapper()
                .readTree(summary(run, model).toFile())
                .get("models")
                .get(0);
    }

    private long committedOffset(String group, TopicPartition partition)
            throws ExecutionException, InterruptedException {
        OffsetAndMetadata offset = cluster.admin()
                .listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(partition);
        return offset == null ? 0 : offset.offset();
    }

    /** Versions only grew, and what is on the topic is what was seen when it came. */
    private void requireNothingTakenBack(Map<Long, Manifest> seen) {
        assertThat(CheckpointWatch.requireVersionsGrow(seen.values())).containsKeys("struck/vae", "struck/gan");
        assertThat(seen).containsAllEntriesOf(CheckpointWatch.onTopic(cluster.bootstrapServers()));
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, "ClusterIT: " + format + "%n", values);
    }
}
