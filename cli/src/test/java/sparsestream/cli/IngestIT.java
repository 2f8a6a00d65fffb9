package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
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
import sparsestream.contract.DeadLetter;
import sparsestream.contract.ImageBatch;
import sparsestream.contract.Topics;

/** Images that tell their number by a pattern of 4 x 4 squares, which outlives JPEG and resizing. */
@Timeout(180)
class IngestIT {
    private static final Topics TOPICS = new Topics("");
    private static final int PARTITIONS = 2;

    @TempDir
    private Path directory;

    private EmbeddedBroker broker;

    @BeforeEach
    void startBroker() {
        broker = EmbeddedBroker.start(directory.resolve("data"), "127.0.0.1", 0);
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void everyImageIsInExactlyOneBatchAndEveryOtherRecordIsOneLetterThroughKillsAndRebalances() throws Exception {
        createTopics();
        AtomicBoolean enough = new AtomicBoolean();
        FutureTask<Integer> sending = new FutureTask<>(() -> sendUntil(enough));
        new Thread(sending, "sending").start();
        int count;
        try (Processes processes = new Processes(directory)) {
            Process first = ingest(processes, "first");
            awaitImages(100);

            Process second = ingest(processes, "second");
            awaitTakenBy(processes, "second");
            first.destroyForcibly();
            int before = committedImages().size();
            awaitImages(before + 200);
            ingest(processes, "third");
            awaitTakenBy(processes, "third");
            second.toHandle().destroy();
            assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(second.exitValue()).isZero();
            enough.set(true);
            count = sending.get(60, TimeUnit.SECONDS);
            awaitImages(count - malformed(count));
        }

        assertThat(committedImages())
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, count)
                        .filter(i -> !isMalformed(i))
                        .boxed()
                        .toList());
        List<Integer> refused = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> letter : CommittedTopic.read(
                broker.bootstrapServers(), TOPICS.imagesRawLetters().name())) {
            assertThat(DeadLetter.read(letter).errorMessage()).startsWith("value is neither PNG nor JPEG");
            refused.add(Integer.parseInt(new String(letter.value(), UTF_8)));
        }
        assertThat(refused)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, count)
                        .filter(IngestIT::isMalformed)
                        .boxed()
                        .toList());
    }

    @Test
    void letterByLetterAClientsMistakeCanBeRepairedAndABrokersAbsenceIsWaitedFor() throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        ShutdownSignal shutdown = new ShutdownSignal();
        FutureTask<Integer> ingest = new FutureTask<>(() -> run(out, err, shutdown, "ingest", "--max-wait", "0.2"));
        new Thread(ingest, "ingest").start();
        await().atMost(Duration.ofSeconds(60)).until(() -> out.toString().contains("http://"));
        String http = out.toString().lines().findFirst().orElseThrow().replaceAll(".*(http://.*)", "$1");
        awaitReady(http, true);
        send(value(0));
        awaitImages(1, 1);

        send("a mistake".getBytes(UTF_8));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> CommittedTopic.read(broker.bootstrapServers(), "images.raw.dlq")
                                .size()
                        == 1);
        Path repaired = directory.resolve("repaired.png");
        Files.write(repaired, value(4)); // a PNG
        StringWriter listing = new StringWriter();
        String[] replay = {
            "replay", "dead-letters", "--topic", "images.raw", "--offset", "0", "--value-file", repaired.toString()
        };
        assertThat(run(listing, err, new ShutdownSignal(), replay)).isZero();
        assertThat(listing.toString()).contains("from images.raw-0@1: RefusedImageException: value is neither PNG nor");
        awaitImages(2, 1);
        assertThat(committedImages(1)).containsExactly(0, 4);

        broker.close();
        awaitReady(http, false);
        int port = Integer.parseInt(broker.bootstrapServers().split(":", 2)[1]);
        broker = EmbeddedBroker.start(directory.resolve("data"), "127.0.0.1", port);
        awaitReady(http, true);
        send(value(5));
        awaitImages(3, 1);
        assertThat(get(http + "/metrics").body())
                .contains("sparsestream_images_refused_total 1.0", "kafka_stream_thread_process_rate");

        shutdown.request();
        assertThat(ingest.get(30, TimeUnit.SECONDS)).as(err.toString()).isZero();
    }

    private int run(StringWriter out, StringWriter err, ShutdownSignal shutdown, String... arguments) {
        return Main.commandLine(Map.of("SPARSESTREAM_BOOTSTRAP_SERVERS", broker.bootstrapServers()), shutdown)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private Process ingest(Processes processes, String name) {
        return processes.start(
                name,
                List.of(),
                List.of(
                        "ingest",
                        "--batch-size",
                        "32",
                        "--shuffle-buffer",
                        "64",
                        "--max-wait",
                        "1",
                        "--bootstrap-servers",
                        broker.bootstrapServers()));
    }

    /** By its own account, which it publishes for Prometheus. */
    private static void awaitTakenBy(Processes processes, String name) {
        String http = processes.lineThatStartsWith(name, "ingest: metrics and health at ");
        await().atMost(Duration.ofSeconds(60)).until(() -> get(http + "/metrics")
                .body()
                .lines()
                .anyMatch(line -> line.matches("sparsestream_images_ingested_total [1-9].*")));
    }

    private static void awaitReady(String http, boolean ready) {
        await().atMost(Duration.ofSeconds(90))
                .until(() -> (get(http + "/health/ready").statusCode() == 200) == ready);
    }

    private static HttpResponse<String> get(String address) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
    }

    private void awaitImages(int atLeast) {
        awaitImages(atLeast, PARTITIONS);
    }

    private void awaitImages(int atLeast, int partitions) {
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> committedImages(partitions).size() >= atLeast);
    }

    private List<Integer> committedImages() throws Exception {
        return committedImages(PARTITIONS);
    }

    private List<Integer> committedImages(int partitions) throws Exception {
        List<Integer> numbers = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            for (ConsumerRecord<byte[], byte[]> record : CommittedTopic.read(
                    broker.bootstrapServers(), TOPICS.imageBatches().name(), partition)) {
                ImageBatch batch = ImageBatch.decode(record.value());
                for (int i = 0; i < batch.count(); i++) {
                    numbers.add(number(batch.images(), i * 28 * 28));
                }
            }
        }
        return numbers;
    }

    private void createTopics() throws Exception {
        try (Admin admin = Admin.create(kafka())) {
            admin.createTopics(List.of(
                            new NewTopic(TOPICS.imagesRaw().name(), PARTITIONS, (short) 1),
                            new NewTopic(TOPICS.imageBatches().name(), PARTITIONS, (short) 1)
                                    .configs(TOPICS.imageBatches().settings())))
                    .all()
                    .get();
        }
    }

    /** Sends images 0, 1, ..., in turn to the partitions, and returns how many. */
    private int sendUntil(AtomicBoolean enough) throws Exception {
        int count = 0;
        try (Producer<byte[], byte[]> producer = producer()) {
            for (; !enough.get(); count++) {
                producer.send(new ProducerRecord<>(TOPICS.imagesRaw().name(), count % PARTITIONS, null, value(count)))
                        .get();
            }
        }
        return count;
    }

    private void send(byte[] value) throws Exception {
        try (Producer<byte[], byte[]> producer = producer()) {
            producer.send(new ProducerRecord<>(TOPICS.imagesRaw().name(), value))
                    .get();
        }
    }

    /** Lingers, so that who waits for each record sends no more than 200 a second. */
    private Producer<byte[], byte[]> producer() {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", 5);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    private static boolean isMalformed(int number) {
        return number % 37 == 36;
    }

    private static int malformed(int count) {
        return (int) IntStream.range(0, count).filter(IngestIT::isMalformed).count();
    }

    private static byte[] value(int number) throws IOException {
        if (isMalformed(number)) {
            return Integer.toString(number).getBytes(UTF_8);
        }
        return switch (number % 4) {
            case 0 -> file("png", picture(number, 7));
            case 1 -> file("jpeg", picture(number, 7));
            case 2 -> file("png", picture(number, 16));
            default -> (byte[]) picture(number, 7).getRaster().getDataElements(0, 0, 28, 28, null);
        };
    }

    private static BufferedImage picture(int number, int square) {
        BufferedImage picture = new BufferedImage(4 * square, 4 * square, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                int bit = y / square * 4 + x / square;
                picture.getRaster().setSample(x, y, 0, (number >> bit & 1) * 255);
            }
        }
        return picture;
    }

    private static int number(byte[] images, int start) {
        int number = 0;
        for (int bit = 0; bit < 16; bit++) {
            int middle = start + (bit / 4 * 7 + 3) * 28 + bit % 4 * 7 + 3;
            number |= (images[middle] & 0xFF) > 127 ? 1 << bit : 0;
        }
        return number;
    }

    private static byte[] file(String format, BufferedImage picture) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture, format, bytes)).isTrue();
        return bytes.toByteArray();
    }
}
