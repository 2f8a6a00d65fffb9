package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.ImageBatch;
import sparsestream.contract.Topics;
import sparsestream.kafka.TopicCreation;
import sparsestream.producer.BatchOrigin;
import sparsestream.trainer.session.TrainerStatus;

/** The producer in Python that docs/producing.md shows, word for word but for the broker's address. */
@Timeout(300)
class OwnBatchesIT {
    private static final String PYTHON = "/usr/bin/python3";
    private static final String DOCUMENT = "docs/producing.md";
    private static final Path STAND_IN = Path.of("src", "test", "python").toAbsolutePath();
    private static final int IMAGES = 300;
    private static final int BATCH = 128;

    /** The same pixels as other programs have them: type of the images, their shape, and type of the labels. */
    private static final List<List<String>> FORMS = List.of(
            List.of("uint8", "300, 28, 28", "int64"),
            List.of("float32", "300, 1, 28, 28", "int64"),
            List.of("float32", "300, 28, 28, 1", "int32"),
            List.of("float64", "300, 28, 28", "uint8"),
            List.of("float16", "300, 1, 28, 28", "uint16"));

    private static final String SAVE_ARRAYS = """
            import numpy, sys
            kind, shape, labels = sys.argv[1:]
            pixels = numpy.random.default_rng(7).integers(0, 256, (300, 28, 28), 'uint8')
            pixels.tofile('pixels')
            images = pixels if kind == 'uint8' else (pixels / 255).astype(kind)
            numpy.save('images.npy', images.reshape([int(size) for size in shape.split(',')]))
            numpy.save('labels.npy', numpy.arange(300).astype(labels) % 10)
            """;

    @TempDir
    private Path directory;

    private boolean standIn;

    @BeforeEach
    void pythonIsThere() throws Exception {
        Needed.require(
                Needed.succeeds(PYTHON, "-c", "import confluent_kafka, numpy"),
                "the producer of " + DOCUMENT + " needs python3-confluent-kafka and python3-numpy of Debian");
        standIn = !Needed.succeeds(PYTHON, "-c", "import safetensors.numpy");
        if (standIn) {
            System.err.println("NOT THE REAL LIBRARY: the package safetensors of PyPI is not installed for " + PYTHON
                    + ", so the" + " producer of " + DOCUMENT + " runs with the stand-in of " + STAND_IN);
        }
    }

    @Test
    void theProducerOfTheDocumentationTeachesTheSameInEveryFormOfItsArrays() throws Exception {
        String listing = Documents.listing(DOCUMENT, "python", "safetensors.numpy");
        assertThat(Documents.lines(listing)).hasSizeLessThanOrEqualTo(10);
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("data"), "127.0.0.1", 0)) {
            run(broker, Documents.listing(DOCUMENT, "python", "NewTopic"));
            try (Admin admin = Admin.create(kafka(broker))) {
                assertThat(TopicCreation.ensure(admin, List.of(new Topics("").imageBatches())))
                        .as("how the topic differs from that of a producer of ours")
                        .isEmpty();
            }
            for (List<String> form : FORMS) {
                python(SAVE_ARRAYS, form);
                run(broker, listing);
            }
            Topics ours = new Topics("ours.");
            sendOurs(broker, ours);

            TrainerStatus theirs = train(broker, new Topics(""));

            assertThat(theirs.rejected()).isZero();
            assertThat(theirs.step()).isEqualTo(FORMS.size() * 3L);
            assertThat(theirs.weightsSha256()).isEqualTo(train(broker, ours).weightsSha256());
        }
    }

    /** However many batches others have written since, the stream goes on where it was. */
    @Test
    void aProducerOfOursResumesBehindHundredsOfBatchesOfOthers() throws Exception {
        Topics topics = new Topics("");
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("data"), "127.0.0.1", 0)) {
            produceDrawnDigits(broker, 2 * BATCH);
            try (Producer<byte[], byte[]> others =
                    new KafkaProducer<>(kafka(broker), new ByteArraySerializer(), new ByteArraySerializer())) {
                for (int i = 0; i < 300; i++) {
                    others.send(new ProducerRecord<>(topics.imageBatches().name(), Poison.goodBatch(2, i)))
                            .get();
                }
            }
            produceDrawnDigits(broker, 4 * BATCH);

            assertThat(CommittedTopic.read(
                            broker.bootstrapServers(), topics.imageBatches().name()))
                    .hasSize(304)
                    .flatExtracting(record -> BatchOrigin.of(record.headers()).stream()
                            .map(BatchOrigin::position)
                            .toList())
                    .containsExactly(0L, 128L, 256L, 384L);
        }
    }

    private static void produceDrawnDigits(EmbeddedBroker broker, int images) {
        int status = Main.commandLine(Map.of(), new ShutdownSignal())
                .execute(
                        "producer",
                        "--bootstrap-servers",
                        broker.bootstrapServers(),
                        "--dataset",
                        "drawn",
                        "--resume",
                        "--images",
                        String.valueOf(images));
        assertThat(status).isZero();
    }

    /** What the producer's arrays come to, by our own encoder: the pixels as bytes, in the same batches. */
    private void sendOurs(EmbeddedBroker broker, Topics topics) throws Exception {
        byte[] pixels = Files.readAllBytes(directory.resolve("pixels"));
        try (Admin admin = Admin.create(kafka(broker));
                Producer<byte[], byte[]> producer =
                        new KafkaProducer<>(kafka(broker), new ByteArraySerializer(), new ByteArraySerializer())) {
            TopicCreation.ensure(admin, List.of(topics.imageBatches()));
            for (int form = 0; form < FORMS.size(); form++) {
                for (int from = 0; from < IMAGES; from += BATCH) {
                    int to = Math.min(IMAGES, from + BATCH);
                    byte[] images = Arrays.copyOfRange(pixels, from * 784, to * 784);
                    byte[] value = new ImageBatch(to - from, 28, 28, images, Optional.empty()).encode();
                    producer.send(new ProducerRecord<>(topics.imageBatches().name(), value))
                            .get();
                }
            }
        }
    }

    private static TrainerStatus train(EmbeddedBroker broker, Topics topics) {
        return SmallModels.train(broker.bootstrapServers(), topics, "run", "vae", (long) FORMS.size() * IMAGES);
    }

    private void run(EmbeddedBroker broker, String listing) throws Exception {
        assertThat(listing).contains("localhost:9092");
        python(listing.replace("localhost:9092", broker.bootstrapServers()), List.of());
    }

    private void python(String script, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(PYTHON, "-c", script));
        command.addAll(arguments);
        Path output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        if (standIn) {
            builder.environment().put("PYTHONPATH", STAND_IN.toString());
        }
        Process process = builder.start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended && process.exitValue() == 0)
                .as(() -> "%s%n%s".formatted(script, output(output)))
                .isTrue();
    }

    private static String output(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static Map<String, Object> kafka(EmbeddedBroker broker) {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }
}
