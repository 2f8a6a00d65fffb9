package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Topics;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.HttpAddress;
import sparsestream.monitoring.Metrics;
import sparsestream.monitoring.MonitoringServer;
import sparsestream.producer.ProducerService;
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerService;
import sparsestream.sampler.gallery.Gallery;
import sparsestream.trainer.session.TrainerService;

/** The gallery in a real browser, which {@code gallery.mjs} drives; this side has the pipeline and does what it asks for. */
@Timeout(300)
class GalleryBrowserIT {
    private static final Topics TOPICS = new Topics("");
    private static final List<String> MODELS = List.of("vae", "gan");
    private static final Path SCRIPTS = Path.of("src/test/browser").toAbsolutePath();
    private static final Path CHROMIUM = Path.of(System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium"));
    private static final String PLEASE = "please: ";

    @TempDir
    private Path data;

    private final Path pictures = Path.of("target/gallery").toAbsolutePath();
    private EmbeddedBroker broker;
    private SmallRuns runs;

    @BeforeEach
    void startBroker() throws IOException, InterruptedException {
        Needed.require(
                Files.isExecutable(CHROMIUM),
                "there is no " + CHROMIUM + " (Debian: apt-get install chromium), so no browser shows the gallery");
        Needed.require(
                hasNodeModules(),
                "needs node, with playwright-core and axe-core of npm in NODE_PATH, to drive a browser");
        Files.createDirectories(pictures);
        broker = EmbeddedBroker.start(data, "127.0.0.1", 0);
        runs = SmallRuns.at(broker, data);
    }

    @AfterEach
    void stopBroker() {
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void thePageShowsWhatHappensToWhoeverLooks() throws Exception {
        Health health = new Health();
        try (Metrics metrics = new Metrics();
                Services services = new Services(() -> {})) {
            SamplerService sampler =
                    new SamplerService(new SamplerConfig(runs.kafka(), "", "run", MODELS, 20, 5), metrics, health);
            try (MonitoringServer server = MonitoringServer.start(
                    HttpAddress.loopback(0), metrics.registry(), health, Gallery.of(sampler)::addTo)) {
                services.start("sampler", sampler, sampler::close);
                look("http://" + server.address(), services);
            }
        }
    }

    private static boolean hasNodeModules() throws InterruptedException {
        try {
            return new ProcessBuilder("node", "-e", "['playwright-core', 'axe-core'].forEach(require)")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void look(String url, Services services) throws Exception {
        Process browser = new ProcessBuilder("node", "gallery.mjs", url, CHROMIUM.toString(), pictures.toString())
                .directory(SCRIPTS.toFile())
                .redirectErrorStream(true)
                .start();
        List<String> said = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(browser.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
                if (line.startsWith(PLEASE)) {
                    oblige(line.substring(PLEASE.length()), services);
                }
            }
            assertThat(browser.waitFor(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            browser.destroyForcibly();
        }
        assertThat(browser.exitValue()).as(String.join("\n", said)).isZero();
        assertThat(said).as("all was asked for").contains(PLEASE + "train", PLEASE + "start the broker");
    }

    private void oblige(String request, Services services) throws Exception {
        String[] words = request.split(" ", -1);
        switch (words[0]) {
            case "train" -> train(services);
            case "compare" ->
                requireOnTheTopic(Long.parseLong(words[2]), Base64.getDecoder().decode(words[3]));
            case "request" ->
                runs.send(List.of(new ProducerRecord<>(
                        TOPICS.sampleRequests().name(),
                        "{\"id\":\"%s\",\"model\":\"vae\",\"count\":%s}"
                                .formatted(words[words.length - 1], words[1])
                                .getBytes(UTF_8))));
            case "send" ->
                runs.send(List.of(
                        new ProducerRecord<>(TOPICS.imageBatches().name(), "nobody can read this".getBytes(UTF_8))));
            case "stop" -> broker.close();
            case "start" ->
                broker = EmbeddedBroker.start(
                        data,
                        "127.0.0.1",
                        Integer.parseInt(runs.bootstrapServers().split(":", 2)[1]));
            default -> throw new IllegalArgumentException(request);
        }
    }

    private void train(Services services) {
        ProducerService producer =
                runs.producer(TOPICS, OptionalLong.empty(), OptionalDouble.of(20 * SmallRuns.BATCH), new Health());
        services.start("producer", producer, producer::close);
        for (String model : MODELS) {
            TrainerService trainer = new TrainerService(
                    runs.config(TOPICS, "run", model, Integer.MAX_VALUE), new Metrics(), new Health());
            services.start("trainer-" + model, trainer, trainer::close);
        }
    }

    /** The page tells the place of an image; there is that image. */
    private void requireOnTheTopic(long offset, byte[] png) {
        assertThat(runs.read(TOPICS.imagesGenerated().name()))
                .filteredOn(record -> record.offset() == offset)
                .singleElement()
                .satisfies(record -> assertThat(record.value()).isEqualTo(png));
    }
}
