package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.ImageBatch;
import sparsestream.contract.Topics;

/** Two trainers of one run, one of which is fenced, suspended or killed. */
@Timeout(180)
class TwoTrainersIT {
    private static final Topics TOPICS = new Topics("");
    private static final String STATE = "default/vae/";

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();
    private EmbeddedBroker broker;
    private SmallRuns runs;

    @BeforeEach
    void startBroker() throws IOException {
        broker = EmbeddedBroker.start(directory, "127.0.0.1", 0);
        runs = SmallRuns.at(broker, directory);
        // The least that brokers allow by default.
        Files.writeString(
                directory.resolve("kafka.properties"), "session.timeout.ms=6000\nheartbeat.interval.ms=1000\n");
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
        broker.close();
    }

    @Test
    void aFencedTrainerSaysSoExitsWithOneAndNothingOfItsLaterWorkIsVisible() throws Exception {
        createTopic(1);
        produce(0, 20, 1);
        StringWriter err = new StringWriter();
        FutureTask<Integer> trainer = new FutureTask<>(() -> Main.commandLine(Map.of(), new ShutdownSignal())
                .setErr(new PrintWriter(err, true))
                .execute(arguments()));
        new Thread(trainer, "trainer").start();
        awaitOffset(0, 20);

        Map<String, Object> usurper = new HashMap<>(runs.kafka());
        usurper.put("transactional.id", "sparsestream-default-vae-0");
        try (var producer = new KafkaProducer<>(usurper, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            produce(20, 30, 1);

            assertThat(trainer.get(30, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(err.toString())
                    .contains("another trainer has taken over run default")
                    .hasLineCount(1);
        }
        assertThat(offset(state(0))).isEqualTo(20);
    }

    @Test
    void aTrainerThatWasSuspendedUntilAnotherTookOverChangesNothing() throws Exception {
        createTopic(1);
        produce(0, 20, 1);
        Process suspended = trainer("suspended");
        awaitOffset(0, 20);
        Processes.signal("STOP", suspended);
        produce(20, 40, 1);
        Process other = trainer("other");
        awaitOffset(0, 40);

        produce(40, 60, 1);
        Processes.signal("CONT", suspended);
        produce(60, 200, 1);
        awaitOffset(0, 200);

        assertThat(other.isAlive() || suspended.isAlive()).isTrue();
        assertThat(runs.checkpoints(TOPICS.modelCheckpoints(), "default/vae"))
                .extracting(Checkpoint::version)
                .isSorted()
                .doesNotHaveDuplicates();
        requireWeightsOfAnUndisturbedRun(1, 200);
    }

    @Test
    void ofTwoThatShareTwoPartitionsOneTakesTheOthersWorkOverExactly() throws Exception {
        createTopic(2);
        Process first = trainer("first");
        Process second = trainer("second");
        await().atMost(Duration.ofSeconds(60)).until(() -> haveOneEach("first", "second"));
        produce(0, 20, 2);
        awaitOffset(0, 20);
        awaitOffset(1, 20);
        produce(20, 40, 2);
        first.destroyForcibly();
        produce(40, 60, 2);
        awaitOffset(0, 60);
        awaitOffset(1, 60);
        assertThat(second.isAlive()).isTrue();
        requireWeightsOfAnUndisturbedRun(2, 60);
    }

    private void requireWeightsOfAnUndisturbedRun(int partitions, long offset) throws Exception {
        trainer("undisturbed", "--run-id", "undisturbed");
        for (int partition = 0; partition < partitions; partition++) {
            String key = "undisturbed/vae/" + partition;
            await().atMost(Duration.ofSeconds(60)).until(() -> offset(state(key)) == offset);
            assertThat(SmallRuns.tensorsSha256(state(partition).orElseThrow()))
                    .isEqualTo(SmallRuns.tensorsSha256(state(key).orElseThrow()));
        }
    }

    /** Their logs say which partitions they were given last. */
    private boolean haveOneEach(String... names) throws IOException {
        for (String name : names) {
            List<String> assigned = Files.readAllLines(log(name)).stream()
                    .filter(line -> line.contains("vae starts at images.batches-"))
                    .toList();
            if (assigned.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private void createTopic(int partitions) throws Exception {
        try (Admin admin = runs.admin()) {
            admin.createTopics(List.of(new NewTopic(TOPICS.imageBatches().name(), partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    /** Batches {@code [from, to)} of each partition, all of them different. */
    private void produce(int from, int to, int partitions) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        int bytes = SmallRuns.BATCH * 28 * 28;
        for (int i = from; i < to; i++) {
            for (int partition = 0; partition < partitions; partition++) {
                int start = (partition * 100 + i) * bytes;
                byte[] pixels = Arrays.copyOfRange(runs.digits().images(), start, start + bytes);
                byte[] value = new ImageBatch(SmallRuns.BATCH, 28, 28, pixels, Optional.empty()).encode();
                records.add(new ProducerRecord<>(TOPICS.imageBatches().name(), partition, null, value));
            }
        }
        runs.send(records);
    }

    private void awaitOffset(int partition, long offset) {
        await().atMost(Duration.ofSeconds(60)).until(() -> offset(state(partition)) == offset);
    }

    private Optional<Checkpoint> state(int partition) {
        return state(STATE + partition);
    }

    private Optional<Checkpoint> state(String key) {
        try (Admin admin = runs.admin()) {
            if (!admin.listTopics().names().get().contains(TOPICS.trainerState().name())) {
                return Optional.empty();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return runs.checkpoints(TOPICS.trainerState(), key).stream().reduce((older, newer) -> newer);
    }

    private static long offset(Optional<Checkpoint> state) {
        return state.map(found -> Long.parseLong(found.contents().metadata().get("next_offset")))
                .orElse(0L);
    }

    private String[] arguments(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "trainer",
                "--model",
                "vae",
                "--checkpoint-interval",
                "0.3",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--kafka-config",
                directory.resolve("kafka.properties").toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private Process trainer(String name, String... more) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(
                List.of(java, "-Xmx512m", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments(more)));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(name).toFile())
                .start();
        started.add(process);
        return process;
    }

    private Path log(String name) {
        return directory.resolve(name + ".log");
    }
}
