package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.cli.fault.RecordStandstill;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.ImageBatch;
import sparsestream.contract.MergePosition;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Round;
import sparsestream.contract.Topics;

/** Replicas of four partitions of small images. */
@Timeout(300)
class MergeIT {
    private static final Topics TOPICS = new Topics("");
    private static final int PARTITIONS = 4;
    private static final int SIDE = 8;
    private static final int BATCH = 16;
    private static final int EVERY = 6;
    private static final int ROUNDS = 5;
    /** Longer than any of them is away. */
    private static final String TIMEOUT = "100";

    private static final Duration DEADLINE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private final ShutdownSignal shutdown = new ShutdownSignal();
    private final List<FutureTask<Integer>> inProcess = new ArrayList<>();
    private EmbeddedBroker broker;
    private SmallRuns runs;
    private Processes processes;
    private Path kafkaConfig;

    @BeforeEach
    void startBroker() throws Exception {
        broker = EmbeddedBroker.start(directory.resolve("data"), "127.0.0.1", 0);
        runs = new SmallRuns(broker.bootstrapServers(), null);
        processes = new Processes(directory);
        kafkaConfig = Files.writeString(
                directory.resolve("kafka.properties"),
                "interceptor.classes=" + RecordStandstill.class.getName() + "\n");
        try (Admin admin = runs.admin()) {
            admin.createTopics(List.of(new NewTopic(TOPICS.imageBatches().name(), PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    @AfterEach
    void stop() throws Exception {
        processes.close();
        shutdown.request();
        for (FutureTask<Integer> service : inProcess) {
            assertThat(service.get(30, TimeUnit.SECONDS)).isZero();
        }
        broker.close();
    }

    @Test
    void theMergedModelIsTheSameForAnyNumberOfTrainersAndThroughKillsOfAll() throws Exception {
        long images = (long) PARTITIONS * EVERY * ROUNDS * BATCH;
        String[] limits = {"--images", "" + images, "--round-timeout", TIMEOUT};
        // Batches come round by round and half rounds in between, so that kills fall where they are meant to.
        Process merge =
                standstill("merge-1", "send model.checkpoints", 3, "merge", "killed", "--round-timeout", TIMEOUT);
        Process first = standstill("killed-1", "send model.contributions", 3, "trainer", "killed", limits);
        trainer("killed-2", "killed", limits);
        feed(0, EVERY);
        awaitVersion("killed", 1);
        feed(EVERY, EVERY + 2);
        feed(EVERY + 2, 2 * EVERY);
        kill("killed-1", first);
        Process third = standstill("killed-3", "committed", 4, "trainer", "killed", limits);
        kill("merge-1", merge);
        service("merge-2", "merge", "killed", "--round-timeout", TIMEOUT);
        // The others' runs are not disturbed; they begin while this one waits for what the dead have left to run out.
        begin("merge-of-1", "merge", "of-1", "--round-timeout", TIMEOUT);
        begin("of-1-0", "trainer", "of-1", limits);
        awaitVersion("killed", 2);
        feed(2 * EVERY, 4 * EVERY + 3);
        kill("killed-3", third);
        trainer("killed-4", "killed", limits);
        awaitVersion("killed", 3);
        feed(4 * EVERY + 3, ROUNDS * EVERY);
        Map<String, JsonNode> summaries = new TreeMap<>();
        for (int trainers : new int[] {2, 4}) {
            String run = "of-" + trainers;
            begin("merge-" + run, "merge", run, "--round-timeout", TIMEOUT);
            List<String> names =
                    IntStream.range(0, trainers).mapToObj(i -> run + "-" + i).toList();
            names.forEach(name -> trainer(name, run, limits));
            for (String name : names) {
                finish(name, summaries);
            }
        }
        for (String name : List.of("killed-2", "killed-4", "of-1-0")) {
            finish(name, summaries);
        }

        assertThat(summaries).hasSize(2 + 1 + 2 + 4);
        String weights = summaries.get("of-1-0").get("weightsSha256").asText();
        assertThat(weights).hasSize(64);
        summaries.forEach((name, summary) -> {
            assertThat(summary.get("weightsSha256").asText()).as(name).isEqualTo(weights);
            assertThat(summary.get("images").asLong()).as(name).isEqualTo(images);
            assertThat(summary.get("checkpointVersion").asLong()).as(name).isEqualTo(ROUNDS);
        });
        assertThat(rounds("killed")).hasSize(ROUNDS).allMatch(Round::isWhole);
        assertThat(shas("killed")).isEqualTo(shas("of-4")).isEqualTo(shas("of-1"));
        Checkpoint newest = runs.newest(TOPICS.modelCheckpoints(), "killed/vae");
        assertThat(PublishedModel.decode(newest.contents()).weightsSha256()).isEqualTo(weights);
        assertThat(newest.version()).isEqualTo(ROUNDS);
    }

    @Test
    void aSilentPartitionStallsNobodyBeyondTheTimeoutAndTheRecordMakesTheSameRoundsAgain() throws Exception {
        int late = 3;
        int batches = 2 * EVERY + 2;
        for (int partition = 0; partition < late; partition++) {
            feed(partition, 0, batches);
        }
        String[] limits = {"--images", "" + (long) PARTITIONS * batches * BATCH, "--round-timeout", "2"};
        Process merge = service("merge", "merge", "run", "--round-timeout", "2");
        begin("trainer", "trainer", "run", limits);
        awaitVersion("run", 3);
        feed(late, 0, batches);
        Map<String, JsonNode> summaries = new TreeMap<>();
        finish("trainer", summaries);
        merge.toHandle().destroy();
        assertThat(merge.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(merge.exitValue()).isZero();

        List<Round> rounds = rounds("run");
        assertThat(rounds).hasSizeGreaterThanOrEqualTo(6).noneMatch(Round::isWhole);
        assertThat(rounds.get(0).shares()).hasSize(3);
        Round last = rounds.get(rounds.size() - 1);
        assertThat(last.images()).isEqualTo((long) PARTITIONS * batches * BATCH);
        assertThat(last.shares().get(0).batches()).isEqualTo(2);
        assertThat(last.weightsSha256())
                .isEqualTo(summaries.get("trainer").get("weightsSha256").asText());
        MergePosition position = MergePosition.of(
                        runs.newest(TOPICS.modelCheckpoints(), "run/vae").contents())
                .orElseThrow();
        assertThat(position.offsets()).containsOnly((long) batches);
        // A replica that begins late starts from what the others have made.
        assertThat(rounds.stream().flatMap(round -> round.shares().stream()).filter(share -> share.partition() == late))
                .first()
                .satisfies(share -> assertThat(share.base()).isPositive());

        assertThat(replay()).isEqualTo("vae: %s rounds made again, all the same\n".formatted(rounds.size()));
        assertThat(replay("--seed", "2")).contains("round 1 was made with other settings");
        assertThat(replay("--run-id", "other")).contains("there is no record of rounds of other/vae");
    }

    private String replay(String... more) {
        StringWriter out = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of("replay", "rounds"));
        arguments.addAll(common("run"));
        arguments.addAll(List.of(more));
        int status = Main.commandLine(Map.of(), new ShutdownSignal())
                .setOverwrittenOptionsAllowed(true)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(arguments.toArray(String[]::new));
        assertThat(status).isEqualTo(more.length == 0 ? 0 : 1);
        return out.toString();
    }

    private List<String> common(String run) {
        return List.of(
                "--model",
                "vae",
                "--run-id",
                run,
                "--image-height",
                "" + SIDE,
                "--image-width",
                "" + SIDE,
                "--bootstrap-servers",
                broker.bootstrapServers());
    }

    /** In a thread of this process, until the test ends. */
    private void begin(String name, String command, String run, String... more) {
        String[] arguments = arguments(name, command, run, more).toArray(String[]::new);
        FutureTask<Integer> service =
                new FutureTask<>(() -> Main.commandLine(Map.of(), shutdown).execute(arguments));
        new Thread(service, name).start();
        inProcess.add(service);
    }

    private Process trainer(String name, String run, String... more) {
        return service(name, "trainer", run, more);
    }

    private Process service(String name, String command, String run, String... more) {
        return start(name, List.of(), command, run, more);
    }

    /** A process that stands still at the count-th event of a kind, until it is killed. */
    private Process standstill(String name, String event, int count, String command, String run, String... more) {
        List<String> flags = List.of(
                "-Dlogback.configurationFile=sparsestream/cli/fault/logback.xml",
                "-Dstandstill.event=" + event,
                "-Dstandstill.count=" + count,
                "-Dstandstill.marker=" + directory.resolve(name + ".marker"));
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of("--kafka-config", kafkaConfig.toString()));
        return start(name, flags, command, run, all.toArray(String[]::new));
    }

    private Process start(String name, List<String> flags, String command, String run, String... more) {
        return processes.start(name, flags, arguments(name, command, run, more));
    }

    private List<String> arguments(String name, String command, String run, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(common(run));
        if (command.equals("trainer")) {
            arguments.addAll(List.of("--merge-every", "" + EVERY, "--checkpoint-interval", "0.2"));
            arguments.addAll(List.of("--summary", summary(name).toString()));
        }
        arguments.addAll(List.of(more));
        return arguments;
    }

    private Path summary(String name) {
        return directory.resolve(name + ".json");
    }

    private void kill(String name, Process process) throws Exception {
        await().atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Files.exists(directory.resolve(name + ".marker")) || !process.isAlive());
        assertThat(process.isAlive())
                .as(() -> name + " ended by itself, see " + processes.errors(name))
                .isTrue();
        assertThat(process.destroyForcibly().waitFor()).isEqualTo(128 + 9);
    }

    private void finish(String trainer, Map<String, JsonNode> summaries) {
        await().atMost(DEADLINE).until(() -> Files.exists(summary(trainer)));
        try {
            summaries.put(
                    trainer,
                    new ObjectMapper()
                            .readTree(summary(trainer).toFile())
                            .get("models")
                            .get(0));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Batches {@code [from, to)} of every partition. */
    private void feed(int from, int to) throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            feed(partition, from, to);
        }
    }

    private void feed(int partition, int from, int to) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            byte[] pixels = new byte[BATCH * SIDE * SIDE];
            new Random(1_000L * partition + i).nextBytes(pixels);
            byte[] value = new ImageBatch(BATCH, SIDE, SIDE, pixels, Optional.empty()).encode();
            records.add(new ProducerRecord<>(TOPICS.imageBatches().name(), partition, null, value));
        }
        runs.send(records);
    }

    private void awaitVersion(String run, long version) {
        await().atMost(DEADLINE).until(() -> rounds(run).size() >= version);
    }

    private List<Round> rounds(String run) throws Exception {
        try (Admin admin = runs.admin()) {
            if (!admin.listTopics().names().get().contains(TOPICS.modelRounds().name())) {
                return List.of();
            }
        }
        TreeMap<Long, Round> rounds = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record :
                runs.read(TOPICS.modelRounds().name())) {
            if (Round.isOf(record, run + "/vae")) {
                Round round = Round.fromRecord(record);
                assertThat(rounds.put(round.version(), round)).isNull();
            }
        }
        return List.copyOf(rounds.values());
    }

    private List<String> shas(String run) throws Exception {
        return rounds(run).stream().map(Round::weightsSha256).toList();
    }
}
