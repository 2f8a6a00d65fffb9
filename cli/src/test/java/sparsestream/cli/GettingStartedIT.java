package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.GreyPng;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Topics;
import sparsestream.producer.Datasets;
import sparsestream.producer.Split;

/** The commands of docs/getting-started.md, as they are written but for ports, which may be taken here. */
@Timeout(300)
class GettingStartedIT {
    private static final String DOCUMENT = "docs/getting-started.md";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PICTURES = 128;
    private static final int SIDE = 28;

    @TempDir
    private Path directory;

    private final ConcurrentLinkedQueue<Process> started = new ConcurrentLinkedQueue<>();
    private String bootstrapServers = "";

    /** A checkout as far as the launcher needs one, and a folder of pictures. */
    @BeforeEach
    void makeACheckout() throws Exception {
        Needed.require(Needed.succeeds("kcat", "-V"), DOCUMENT + " needs kcat");
        Path target = Path.of("target").toAbsolutePath();
        Path module = target.getParent().getFileName();
        Files.createSymbolicLink(
                Files.createDirectory(directory.resolve(module)).resolve("target"), target);
        Files.copy(Path.of("..", "sparsestream"), directory.resolve("sparsestream"));
        Path pictures = Files.createDirectory(directory.resolve("pictures"));
        byte[] digits = new Datasets(Map.of(), directory, progress -> {})
                .load("drawn", Split.TRAIN)
                .images();
        for (int i = 0; i < PICTURES; i++) {
            byte[] pixels = Arrays.copyOfRange(digits, i * SIDE * SIDE, (i + 1) * SIDE * SIDE);
            Files.write(pictures.resolve(i + ".png"), GreyPng.encode(pixels, SIDE, SIDE));
        }
    }

    @AfterEach
    void killWhatIsLeft() {
        started.forEach(process -> process.destroyForcibly());
    }

    @Test
    void picturesFromAFolderBecomeImagesOnATopic() throws Exception {
        List<String> services = Documents.lines(Documents.listing(DOCUMENT, "", "./sparsestream broker"));
        assertThat(services).hasSize(4);
        start("broker", line(services, "broker"), Map.of("SPARSESTREAM_PORT", "0"));
        bootstrapServers = await().atMost(PATIENCE)
                .until(() -> rest("broker", "broker ready at "), Optional::isPresent)
                .orElseThrow();
        start("ingest", line(services, "ingest"), Map.of());
        Process trainer = start("trainer", line(services, "trainer"), Map.of());
        start("sampler", line(services, "sampler").replace("8080", "0"), Map.of());
        await().atMost(PATIENCE)
                .until(() -> topics().contains(new Topics("").imagesRaw().name()));

        shell(Documents.listing(DOCUMENT, "", "kcat -P"));

        await().atMost(PATIENCE)
                .until(() -> topics().contains(new Topics("").imagesGenerated().name()));
        await().atMost(PATIENCE)
                .ignoreException(MalformedMessageException.class)
                .untilAsserted(() -> {
                    shell(Documents.listing(DOCUMENT, "", "> latest.png"));
                    assertThat(GreyPng.size(Files.readAllBytes(directory.resolve("latest.png"))))
                            .isEqualTo(new GreyPng.Size(SIDE, SIDE));
                });

        trainer.destroyForcibly().waitFor();
        start("again", line(services, "trainer"), Map.of());
        await().atMost(PATIENCE).until(() -> output("again").contains("vae resumes at images.batches-0 offset "));
    }

    private static String line(List<String> services, String command) {
        return services.stream()
                .filter(line -> line.startsWith("./sparsestream " + command))
                .findFirst()
                .orElseThrow();
    }

    private Set<String> topics() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            return admin.listTopics().names().get();
        }
    }

    private Process start(String name, String line, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = shellBuilder(line);
        builder.environment().put("SPARSESTREAM_JAVA_OPTS", "-Xmx512m");
        builder.environment().put("SPARSESTREAM_BOOTSTRAP_SERVERS", bootstrapServers);
        builder.environment().putAll(environment);
        Process process = builder.redirectOutput(
                        directory.resolve(name + ".out").toFile())
                .start();
        started.add(process);
        return process;
    }

    private void shell(String line) throws Exception {
        Process process = shellBuilder(line.replace("localhost:9092", bootstrapServers))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(line).isTrue();
        assertThat(process.exitValue()).as(line).isZero();
    }

    private ProcessBuilder shellBuilder(String line) {
        return new ProcessBuilder("bash", "-c", line)
                .directory(directory.toFile())
                .redirectErrorStream(true);
    }

    private String output(String name) throws IOException {
        return Files.readString(directory.resolve(name + ".out"));
    }

    /** What follows on the line that starts so, once it is whole. */
    private Optional<String> rest(String name, String start) throws IOException {
        String text = output(name);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()).split("[, ]", -1)[0])
                .findFirst();
    }
}
