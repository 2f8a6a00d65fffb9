package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.Topics;

/**
 * A model that the program knows nothing of, as docs/extending.md has it: one package, and one line in {@code META-INF/services},
 * which {@code src/test/extension} adds to the class path of these processes alone.
 */
@Timeout(180)
class ThirdModelIT {
    private static final String EXTENSION =
            Path.of("src", "test", "extension").toAbsolutePath().toString();

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void killWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void aModelOfAPackageOfItsOwnIsLearnedPublishedDrawnAndResumed() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), "127.0.0.1", 0)) {
            SmallRuns runs = SmallRuns.at(broker, directory);
            Topics topics = new Topics("");
            runs.produce(topics, 60);
            Process sampler = start(broker, "sampler", "--model", "rae", "--rate", "50", "--port", "0");
            assertThat(trained(broker, 30 * SmallRuns.BATCH).get("steps").asLong())
                    .isEqualTo(30);
            JsonNode summary = trained(broker, 60 * SmallRuns.BATCH);
            assertThat(summary.get("steps").asLong()).as("resumed").isEqualTo(60);
            assertThat(summary.get("zeroRatio").asDouble()).isPositive();
            assertThat(summary.get("prequentialLoss").asDouble()).isBetween(50.0, 500.0);

            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                            runs.read(topics.imagesGenerated().name()))
                    .isNotEmpty());
            ConsumerRecord<byte[], byte[]> record =
                    runs.read(topics.imagesGenerated().name()).get(0);
            assertThat(GeneratedImage.fromRecord(record).model()).isEqualTo("rae");
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(record.value()));
            assertThat(image.getWidth()).isEqualTo(28);
            assertThat(image.getHeight()).isEqualTo(28);
            sampler.toHandle().destroy();
            assertThat(sampler.waitFor(15, TimeUnit.SECONDS)).isTrue();
            assertThat(sampler.exitValue()).isZero();
        }
    }

    @Test
    void itsSettingsAreOptionsAndItsNameIsOneOfThoseToChooseFrom() throws Exception {
        Process help = start("trainer", "--help");
        assertThat(help.waitFor(30, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(directory.resolve("trainer.out")).replaceAll("\\s+", " ");
        assertThat(text)
                .contains(
                        "--rae-hidden=N",
                        "--latent-penalty=BETA",
                        "VAE 0.003, GAN 0.008, RAE 0.003",
                        "separated by commas: vae, gan, rae (default: vae,gan)");
        Process wrong = start("trainer", "--model", "rbm");
        assertThat(wrong.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(wrong.exitValue()).isEqualTo(2);
        assertThat(Files.readString(directory.resolve("trainer.err")))
                .contains("--model must be one of vae, gan, rae, got 'rbm'");
    }

    private JsonNode trained(EmbeddedBroker broker, int images) throws Exception {
        Path summary = directory.resolve("summary.json");
        Process trainer =
                start(broker, "trainer", "--model", "rae", "--images", "" + images, "--summary", summary.toString());
        assertThat(trainer.waitFor(90, TimeUnit.SECONDS)).isTrue();
        assertThat(trainer.exitValue())
                .as(Files.readString(directory.resolve("trainer.err")))
                .isZero();
        return new ObjectMapper().readTree(summary.toFile()).get("models").get(0);
    }

    private Process start(EmbeddedBroker broker, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
        return start(all.toArray(String[]::new));
    }

    private Process start(String... arguments) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path") + File.pathSeparator + EXTENSION;
        List<String> command = new ArrayList<>(List.of(java, "-Xmx512m", "-cp", classPath, Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(directory.resolve(arguments[0] + ".out").toFile())
                .redirectError(directory.resolve(arguments[0] + ".err").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SPARSESTREAM_"));
        Process process = builder.start();
        started.add(process);
        return process;
    }
}
