package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Topics;
import sparsestream.kafka.TopicCreation;

/** Every command that talks to Kafka, with settings that can't be right: one line with the cause, and status 1. */
@Timeout(300)
class WrongSettingsIT {
    private static final List<List<String>> WHO_JOIN_A_GROUP = List.of(
            List.of("trainer", "--model", "vae"),
            List.of("sampler", "--model", "vae"),
            List.of("ingest"),
            List.of("merge", "--model", "vae"));

    private static final List<List<String>> THE_OTHERS = List.of(
            List.of("producer", "--dataset", "drawn", "--images", "128"),
            List.of("replay", "dead-letters"),
            List.of("replay", "image", "--offset", "0", "--out", "unused.png"),
            List.of("replay", "rounds", "--model", "vae"),
            List.of("export", "--model", "vae", "--format", "onnx", "--out", "unused.onnx"),
            List.of("evaluate", "--model", "vae", "--dataset", "drawn"));

    @TempDir
    private static Path directory;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(directory.resolve("data"), "127.0.0.1", 0);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void aTruststoreThatIsNotThere() throws Exception {
        requireFailures(
                "/no/such/file.p12 of ssl.truststore.location does not exist",
                all(),
                "security.protocol=SSL",
                "ssl.truststore.location=/no/such/file.p12",
                "ssl.truststore.password=secret");
    }

    @Test
    void aLoginThatIsNotWrittenAsOne() throws Exception {
        requireFailures(
                "sasl.jaas.config: JAAS config entry not terminated by semi-colon",
                all(),
                "security.protocol=SASL_PLAINTEXT",
                "sasl.mechanism=PLAIN",
                "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\"");
    }

    @Test
    void brokersWhoseAddressIsNone() throws Exception {
        requireFailures("Invalid url in bootstrap.servers: nonsense", all(), "bootstrap.servers=nonsense");
    }

    @Test
    void aNumberThatIsNone() throws Exception {
        requireFailures(
                "Invalid value many for configuration max.poll.records", WHO_JOIN_A_GROUP, "max.poll.records=many");
    }

    @Test
    void aGroupProtocolThatIsNotSupported() throws Exception {
        requireFailures(
                "Invalid value consumer for configuration group.protocol: only classic is supported",
                WHO_JOIN_A_GROUP,
                "group.protocol=consumer");
    }

    @Test
    void anIdThatCannotBe() throws Exception {
        requireFailures("Group instance id is invalid: 'a b", WHO_JOIN_A_GROUP, "group.instance.id=a b");
    }

    @Test
    void acknowledgementsThatAreNotEnough() throws Exception {
        // Before there are batches, a trainer needs no producer.
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            TopicCreation.ensure(admin, List.of(new Topics("").imageBatches()));
        }
        requireFailures(
                "Cannot set a transactional.id without also enabling idempotence",
                List.of(List.of("trainer", "--model", "vae")),
                "acks=1");
    }

    @Test
    void withVerboseTheStackTraceFollows() throws Exception {
        List<String> arguments = arguments(List.of("trainer", "--verbose"), "bootstrap.servers=nonsense");

        CommandRun run = CommandRun.of(arguments);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errors()).hasSizeGreaterThan(10).anyMatch(line -> line.contains("\tat org.apache.kafka."));
    }

    private static List<List<String>> all() {
        return Stream.concat(WHO_JOIN_A_GROUP.stream(), THE_OTHERS.stream()).toList();
    }

    private void requireFailures(String reason, List<List<String>> commands, String... settings) throws Exception {
        List<Callable<CommandRun>> runs = new ArrayList<>();
        for (List<String> command : commands) {
            runs.add(() -> CommandRun.of(arguments(command, settings)));
        }
        ExecutorService together = Executors.newFixedThreadPool(commands.size());
        try {
            for (Future<CommandRun> run : together.invokeAll(runs)) {
                run.get().requireFailure(reason);
            }
        } finally {
            together.shutdownNow();
        }
    }

    private static List<String> arguments(List<String> command, String... settings) throws IOException {
        Path file = Files.createTempFile(directory, "wrong", ".properties");
        List<String> lines = new ArrayList<>(List.of("bootstrap.servers=" + broker.bootstrapServers()));
        lines.addAll(List.of(settings));
        Files.write(file, lines);
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of("--kafka-config", file.toString()));
        return arguments;
    }
}
