package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.cli.fault.RecordStandstill;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.ImageBatch;

/**
 * Trainers of both models are killed again and again, with producer, sampler and broker running beside them, and end where
 * one ends that nobody disturbed. {@code -Dkills=N} for more kills, {@code -Dkills.seed=N} for the same again.
 */
@Timeout(1_800)
class KillIT {
    private static final int KILLS = Integer.getInteger("kills", 24);
    private static final long SEED = Long.getLong("kills.seed", System.currentTimeMillis());
    private static final List<String> MODELS = List.of("vae", "gan");
    private static final List<String> RUNS = List.of("killed", "undisturbed");
    private static final byte[] POISON = "poison".getBytes(StandardCharsets.UTF_8);
    private static final Pattern RECOVERY = Pattern.compile("took its first step ([0-9.]+) s after");
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private Processes processes;
    private Path kafkaConfig;
    private String bootstrapServers;

    @BeforeEach
    void startBroker() throws IOException {
        processes = new Processes(directory);
        processes.start(
                "broker",
                List.of(),
                List.of(
                        "broker",
                        "--port",
                        "0",
                        "--data",
                        directory.resolve("data").toString()));
        bootstrapServers = processes.lineThatStartsWith("broker", "broker ready at ");
        kafkaConfig = Files.writeString(
                directory.resolve("kafka.properties"),
                "interceptor.classes=" + RecordStandstill.class.getName() + "\n");
    }

    @AfterEach
    void killWhatIsLeft() {
        processes.close();
    }

    @Test
    void aTrainerThatIsKilledAgainAndAgainEndsWhereAnUndisturbedOneDoes() throws Exception {
        System.out.printf("KillIT: %s kills, -Dkills.seed=%s%n", KILLS, SEED);
        Process producer =
                service("producer", List.of(), "producer", "--dataset", "drawn", "--batch-size", "32", "--rate", "640");
        Process sampler =
                service("sampler", List.of(), "sampler", "--model", "vae,gan", "--run-id", "killed", "--rate", "20");
        Map<String, Integer> faults = killBoth();
        producer.toHandle().destroy();
        assertThat(producer.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(producer.exitValue()).isZero();

        List<ImageBatch> batches = new ArrayList<>();
        Map<String, Integer> poison = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : topic("images.batches")) {
            if (Arrays.equals(record.value(), POISON)) {
                poison.put("" + record.offset(), RUNS.size() * MODELS.size());
            } else {
                batches.add(ImageBatch.decode(record.value()));
            }
        }
        long images = batches.stream().mapToLong(ImageBatch::count).sum();
        Map<String, JsonNode> killed = finish(RUNS.get(0), images);
        Map<String, JsonNode> undisturbed = finish(RUNS.get(1), images);
        sampler.toHandle().destroy();
        assertThat(sampler.waitFor(30, TimeUnit.SECONDS)).isTrue();

        printRecoveries();
        faults.forEach((fault, times) -> System.out.printf(Locale.ROOT, "KillIT: %-36s %3d%n", fault, times));
        for (String model : MODELS) {
            System.out.printf("KillIT: %s, of %s batches: %s%n", model, batches.size(), killed.get(model));
            for (String field : List.of("weightsSha256", "steps", "images", "offset")) {
                assertThat(killed.get(model).get(field))
                        .as(model + "'s " + field)
                        .isEqualTo(undisturbed.get(model).get(field));
            }
            assertThat(killed.get(model).get("steps").asLong()).isEqualTo(batches.size());
            assertThat(killed.get(model).get("images").asLong()).isEqualTo(images);
        }
        assertThat(lettersByOffset()).hasSizeGreaterThanOrEqualTo(KILLS).isEqualTo(poison);
        checkpointVersionsOnlyGrow();
        theSamplerNeverGoesBack();
    }

    /** Kills both models' trainers, each in a process of its own, side by side; returns how often what was done. */
    private Map<String, Integer> killBoth() throws Exception {
        Map<String, Integer> faults = new TreeMap<>();
        List<Future<?>> running = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(MODELS.size());
        try {
            Random random = new Random(SEED);
            for (String model : MODELS) {
                List<Kill> kills = Kill.plan((KILLS + 1) / MODELS.size(), random);
                kills.forEach(kill -> faults.merge(kill.fault(), 1, Integer::sum));
                running.add(threads.submit(() -> {
                    for (int i = 0; i < kills.size(); i++) {
                        kill(model + "-" + i, model, kills.get(i));
                    }
                    return null;
                }));
            }
            for (Future<?> models : running) {
                models.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return faults;
    }

    private void kill(String name, String model, Kill kill) throws Exception {
        System.out.printf("KillIT: %s %s%n", name, kill);
        sendPoison();
        Path marker = directory.resolve(name + ".marker");
        List<String> flags = List.of(
                "-Dlogback.configurationFile=sparsestream/cli/fault/logback.xml",
                "-Dstandstill.event=" + kill.event(),
                "-Dstandstill.count=" + kill.count(),
                "-Dstandstill.marker=" + marker);
        Process trainer = trainer(name, flags, "killed", model, "" + kill.checkpointIntervalSeconds());
        if (kill.event().isEmpty()) {
            trainer.waitFor(kill.delayMs(), TimeUnit.MILLISECONDS);
        } else {
            await().atMost(DEADLINE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> Files.exists(marker) || !trainer.isAlive());
        }
        assertThat(trainer.isAlive())
                .as(() -> name + " ended by itself, see " + processes.errors(name))
                .isTrue();
        assertThat(trainer.destroyForcibly().waitFor()).isEqualTo(128 + 9);
    }

    /** From the start of a process to its first step, as the trainers log it. */
    private void printRecoveries() throws IOException {
        List<Double> seconds = new ArrayList<>();
        try (Stream<Path> logs = Files.list(directory)) {
            for (Path log :
                    logs.filter(file -> file.toString().endsWith(".err")).toList()) {
                Matcher recovery = RECOVERY.matcher(Files.readString(log));
                if (recovery.find()) {
                    seconds.add(Double.parseDouble(recovery.group(1)));
                }
            }
        }
        Collections.sort(seconds);
        assertThat(seconds).isNotEmpty();
        System.out.printf(
                Locale.ROOT,
                "KillIT: %d trainers took their first step %.1f s after their process began, in the median, %.1f s at most%n",
                seconds.size(),
                seconds.get(seconds.size() / 2),
                seconds.get(seconds.size() - 1));
    }

    /** So that there are rejected records in the transactions too. */
    private void sendPoison() throws Exception {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("images.batches", POISON)).get();
        }
    }

    /** How many dead letters there are of each offset that was refused. */
    private Map<String, Integer> lettersByOffset() {
        Map<String, Integer> letters = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> letter : topic("images.batches.dlq")) {
            letters.merge(text(letter.headers().lastHeader("dlq.offset").value()), 1, Integer::sum);
        }
        return letters;
    }

    /** Lets both models of a run learn all there is; returns the summary of each. */
    private Map<String, JsonNode> finish(String run, long images) throws Exception {
        Map<String, Process> running = new HashMap<>();
        Map<String, JsonNode> summaries = new HashMap<>();
        for (String model : MODELS) {
            running.put(
                    model,
                    trainer(
                            run + "-" + model,
                            List.of(),
                            run,
                            model,
                            "5",
                            "--images",
                            "" + images,
                            "--summary",
                            summary(run, model).toString()));
        }
        for (String model : MODELS) {
            assertThat(running.get(model).waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(running.get(model).exitValue()).isZero();
            JsonNode json = new ObjectMapper().readTree(summary(run, model).toFile());
            summaries.put(model, json.get("models").get(0));
        }
        return summaries;
    }

    private Path summary(String run, String model) {
        return directory.resolve(run + "-" + model + ".json");
    }

    private void checkpointVersionsOnlyGrow() {
        Map<String, Long> last = CheckpointWatch.requireVersionsGrow(
                CheckpointWatch.onTopic(bootstrapServers).values());
        assertThat(last).containsKeys("killed/vae", "killed/gan");
    }

    private void theSamplerNeverGoesBack() throws Exception {
        Map<String, GeneratedImage> last = ImageSequence.requireWhole(bootstrapServers);
        assertThat(last).containsOnlyKeys("vae", "gan");
        last.forEach((model, image) -> System.out.printf(
                "KillIT: %s, %s images drawn, the last of version %s%n", model, image.index() + 1, image.version()));
    }

    private Process trainer(
            String name, List<String> flags, String run, String model, String interval, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "trainer",
                "--model",
                model,
                "--run-id",
                run,
                "--checkpoint-interval",
                interval,
                "--kafka-config",
                kafkaConfig.toString()));
        arguments.addAll(List.of(more));
        return service(name, flags, arguments.toArray(String[]::new));
    }

    private Process service(String name, List<String> flags, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-servers", bootstrapServers));
        return processes.start(name, flags, all);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private List<ConsumerRecord<byte[], byte[]>> topic(String name) {
        return CommittedTopic.read(bootstrapServers, name);
    }
}
