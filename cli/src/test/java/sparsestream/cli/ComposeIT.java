package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.Topics;
import sparsestream.producer.Datasets;
import sparsestream.producer.Split;

/**
 * The Compose file, in a checkout that nobody else may read, with an image of the program as it was packaged. Grafana is left
 * out.
 */
@Timeout(360)
class ComposeIT {
    private static final Path HOME = Path.of("..");

    private static final String CHECKOUT = """
            umask 077
            mkdir -p "$1/cli/target" "$1/monitoring"
            cp docker-compose.yml Dockerfile .dockerignore "$1"
            cp -r cli/target/sparsestream.jar cli/target/lib "$1/cli/target"
            cp -r monitoring/Dockerfile monitoring/.dockerignore monitoring/prometheus monitoring/grafana "$1/monitoring"
            """;

    private static final Topics TOPICS = new Topics("");

    @TempDir
    private static Path directory;

    private static final Map<String, String> ENVIRONMENT = new TreeMap<>();
    private static List<String> compose = List.of();
    private static Path checkout = HOME;

    @BeforeEach
    void requireCompose() throws Exception {
        boolean engine = succeeds("docker", "info");
        if (engine && succeeds("docker", "compose", "version")) {
            compose = List.of("docker", "compose");
        } else if (engine && succeeds("docker-compose", "version")) {
            compose = List.of("docker-compose");
        }
        Needed.require(!compose.isEmpty(), "no Docker engine with Compose answers, so docker-compose.yml is not tried");
        ENVIRONMENT.put(
                "COMPOSE_PROJECT_NAME",
                "sparsestream-it-" + ProcessHandle.current().pid());
        checkout = directory.resolve("checkout");
        run(HOME, List.of("sh", "-e", "-c", CHECKOUT, "sh", checkout.toString()));
        ENVIRONMENT.put("BUILD", "prebuilt");
        ENVIRONMENT.put("DATASET", "drawn");
        ENVIRONMENT.put("RATE", "2000");
        for (String port : List.of("KAFKA_PORT", "GALLERY_PORT", "PROMETHEUS_PORT")) {
            ENVIRONMENT.put(port, String.valueOf(freePort()));
        }
    }

    @AfterAll
    static void removeAll() throws Exception {
        if (!compose.isEmpty()) {
            compose("down", "--volumes", "--timeout", "5");
        }
    }

    @Test
    void whatIsKilledComesBackAndGoesOnExactly() throws Exception {
        compose("up", "--detach", "--build", "producer", "trainer-vae", "trainer-gan", "sampler", "prometheus");
        Prometheus prometheus = new Prometheus("http://localhost:" + ENVIRONMENT.get("PROMETHEUS_PORT"));
        await().atMost(Duration.ofMinutes(2)).until(prometheus::isReady);
        await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThat(prometheus.targets())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "producer producer:8080",
                        "up",
                        "trainer trainer-vae:8080",
                        "up",
                        "trainer trainer-gan:8080",
                        "up",
                        "sampler sampler:8080",
                        "up",
                        "prometheus localhost:9090",
                        "up",
                        "ingest ingest:8080",
                        "down",
                        "merge merge:8080",
                        "down")));
        String gallery = "http://localhost:" + ENVIRONMENT.get("GALLERY_PORT");
        for (String model : List.of("vae", "gan")) {
            await().atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> assertThat(get(gallery + "/images/latest.png?model=" + model))
                            .startsWith(0x89, 'P', 'N', 'G'));
        }

        SmallRuns runs = new SmallRuns(
                "localhost:" + ENVIRONMENT.get("KAFKA_PORT"),
                new Datasets(Map.of(), directory, progress -> {}).load("drawn", Split.TRAIN));
        long version = newest(runs, "default").version();
        String trainer = compose("ps", "-q", "trainer-vae").strip();
        // The only child of the container's init. SIGKILL by the engine would count as asked for, and nothing would
        // restart it.
        run(List.of("docker", "exec", trainer, "sh", "-c", "kill -9 $(cat /proc/1/task/1/children)"));
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                        run(List.of("docker", "inspect", "--format", "{{.RestartCount}} {{.State.Status}}", trainer))
                                .strip())
                .isEqualTo("1 running"));
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> newest(runs, "default").version() > version + 1);

        compose("stop", "producer");
        int batches = runs.read(TOPICS.imageBatches().name()).size();
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> nextOffset(newest(runs, "default")) == batches);
        assertThat(prometheus.query("ALERTS{alertname=\"ServiceDown\",job=~\"ingest|merge\"}"))
                .as("alerts for services that nobody has started")
                .isEmpty();
        Checkpoint killed = newest(runs, "default");
        assertThat(sha256(killed)).isEqualTo(sha256(undisturbed(runs, killed)));
    }

    /** The state after the same images, learned by a trainer outside of the containers that nobody disturbs. */
    private static Checkpoint undisturbed(SmallRuns runs, Checkpoint killed) throws Exception {
        try (Processes processes = new Processes(directory)) {
            Process trainer = processes.start(
                    "undisturbed",
                    List.of(),
                    List.of(
                            "trainer",
                            "--bootstrap-servers",
                            runs.bootstrapServers(),
                            "--model",
                            "vae",
                            "--run-id",
                            "undisturbed",
                            "--images",
                            killed.contents().metadata().get("images")));
            assertThat(trainer.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(trainer.exitValue()).isZero();
        }
        Checkpoint state = newest(runs, "undisturbed");
        assertThat(nextOffset(state)).isEqualTo(nextOffset(killed));
        return state;
    }

    private static Checkpoint newest(SmallRuns runs, String run) {
        return runs.newest(TOPICS.trainerState(), run + "/vae/0");
    }

    private static long nextOffset(Checkpoint state) {
        return Long.parseLong(state.contents().metadata().get("next_offset"));
    }

    private static String sha256(Checkpoint state) {
        return SmallRuns.tensorsSha256(state);
    }

    private static byte[] get(String address) throws Exception {
        HttpResponse<byte[]> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private static String compose(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(compose);
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** What the command prints; it must succeed. */
    private static String run(List<String> command) throws Exception {
        return run(checkout, command);
    }

    private static String run(Path where, List<String> command) throws Exception {
        Path errors = directory.resolve("command.err");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(where.toFile()).redirectError(errors.toFile());
        builder.environment().putAll(ENVIRONMENT);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s%n%s%s", String.join(" ", command), output, Files.readString(errors))
                .isZero();
        return output;
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
