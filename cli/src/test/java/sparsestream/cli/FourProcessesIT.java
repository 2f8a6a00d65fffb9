package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Broker, producer, trainer and sampler, each a process of its own. */
@Timeout(180)
class FourProcessesIT {
    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();
    private String bootstrapServers;

    @BeforeEach
    void startBroker() throws Exception {
        Process broker = start("broker", "--port", "0", "--data", directory.toString());
        bootstrapServers = lineThatStartsWith(broker, "broker ready at ");
    }

    @AfterEach
    void killWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void imagesLearnedFromATopicComeOutOfAnotherAsPng() throws Exception {
        Needed.require(
                hasKcat(),
                "kcat is not on this machine (Debian: apt-get install kcat), so no other client reads a PNG");
        Process sampler = service("sampler", "--model", "vae", "--rate", "50");
        String gallery = lineThatStartsWith(sampler, "sampler: gallery at ");
        Process producer = service("producer", "--dataset", "drawn", "--images", "6400");
        Path summary = directory.resolve("summary.json");
        Process trainer = service(
                "trainer", "--model", "vae", "--images", "6400", "--held-out", "drawn", "--summary", "" + summary);

        assertThat(producer.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(producer.exitValue()).isZero();
        assertThat(trainer.waitFor(90, TimeUnit.SECONDS)).isTrue();
        assertThat(trainer.exitValue()).isZero();
        JsonNode model =
                new ObjectMapper().readTree(summary.toFile()).get("models").get(0);
        assertThat(model.get("images").asLong()).isEqualTo(6400);
        assertThat(model.get("steps").asLong()).isEqualTo(50);
        assertThat(model.get("weightsSha256").asText()).hasSize(64);
        assertThat(model.get("heldOutNelbo").asDouble()).isBetween(50.0, 400.0);

        await().atMost(Duration.ofSeconds(30)).until(() -> get(gallery + "/health/ready") == 200);
        BufferedImage image = ImageIO.read(newestImage().toFile());
        assertThat(image.getWidth()).isEqualTo(28);
        assertThat(image.getHeight()).isEqualTo(28);
        assertThat(image.getType()).isEqualTo(BufferedImage.TYPE_BYTE_GRAY);

        sampler.toHandle().destroy();
        assertThat(sampler.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(sampler.exitValue()).isZero();
    }

    @Test
    void aTrainerThatIsToldToStopPublishesAndResumesWhereItWas() throws Exception {
        Process producer = service("producer", "--dataset", "drawn", "--rate", "4000");
        Path first = directory.resolve("first.json");
        Process trainer = service("trainer", "--model", "vae", "--port", "0", "--summary", "" + first);
        String metrics = lineThatStartsWith(trainer, "trainer: metrics and health at ") + "/metrics";
        await().atMost(Duration.ofSeconds(60)).until(() -> steps(metrics) > 20);
        trainer.toHandle().destroy();
        assertThat(trainer.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(trainer.exitValue()).isZero();
        JsonNode before =
                new ObjectMapper().readTree(first.toFile()).get("models").get(0);

        long target = before.get("images").asLong() + 1280;
        Path second = directory.resolve("second.json");
        Process again = service("trainer", "--model", "vae", "--images", "" + target, "--summary", "" + second);
        assertThat(again.waitFor(60, TimeUnit.SECONDS)).isTrue();
        JsonNode after =
                new ObjectMapper().readTree(second.toFile()).get("models").get(0);
        assertThat(after.get("images").asLong()).isEqualTo(target);
        assertThat(after.get("steps").asLong()).isEqualTo(before.get("steps").asLong() + 10);
        assertThat(after.get("offset").asLong()).isEqualTo(before.get("offset").asLong() + 10);
        assertThat(after.get("checkpointVersion").asLong())
                .isGreaterThan(before.get("checkpointVersion").asLong());

        producer.toHandle().destroy();
        assertThat(producer.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(producer.exitValue()).isZero();
    }

    /** As docs/subscribing.md has it. */
    private Path newestImage() throws Exception {
        Path png = directory.resolve("latest.png");
        Process kcat = new ProcessBuilder(
                        "kcat",
                        "-C",
                        "-b",
                        bootstrapServers,
                        "-t",
                        "images.generated",
                        "-o",
                        "-1",
                        "-c",
                        "1",
                        "-e",
                        "-D",
                        "")
                .redirectOutput(png.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        started.add(kcat);
        assertThat(kcat.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(kcat.exitValue()).isZero();
        assertThat(Files.size(png)).isPositive();
        return png;
    }

    private static boolean hasKcat() throws InterruptedException {
        try {
            return new ProcessBuilder("kcat", "-V").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static double steps(String metrics) throws Exception {
        String text = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(metrics)).build(), BodyHandlers.ofString())
                .body();
        return text.lines()
                .filter(line -> line.startsWith("sparsestream_steps_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static int get(String address) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.discarding())
                .statusCode();
    }

    private Process service(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-servers", bootstrapServers));
        return start(all.toArray(String[]::new));
    }

    private Process start(String... arguments) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(
                List.of(java, "-Xmx512m", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(directory.resolve(arguments[0] + ".err").toFile())
                .start();
        started.add(process);
        return process;
    }

    private static String lineThatStartsWith(Process process, String start) throws IOException {
        BufferedReader output = process.inputReader(UTF_8);
        String line = output.readLine();
        while (line != null && !line.startsWith(start)) {
            line = output.readLine();
        }
        assertThat(line).as("a line that starts with '%s'", start).isNotNull();
        return line.substring(start.length());
    }
}
