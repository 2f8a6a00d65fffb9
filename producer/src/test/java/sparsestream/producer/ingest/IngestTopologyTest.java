package sparsestream.producer.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.ImageBatch;
import sparsestream.contract.Topics;
import sparsestream.producer.BatchOrigin;

class IngestTopologyTest {
    private static final Topics TOPICS = new Topics("test.");
    private static final ImageRules IMAGES = new ImageRules(2, 2, OnSize.RESIZE, 5000, 100);

    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> images;
    private TestOutputTopic<String, byte[]> batches;
    private TestOutputTopic<byte[], byte[]> letters;

    @AfterEach
    void close() {
        if (driver != null) {
            driver.close();
        }
    }

    @Test
    void aPngAJpegAndARawImageMakeABatch() throws Exception {
        start(3, 3);
        images.pipeInput(new byte[] {9, 9, 9, 9});
        images.pipeInput(Pictures.file("png", Pictures.grey(2, 2, (byte) 9, (byte) 9, (byte) 9, (byte) 9)));
        images.pipeInput(Pictures.file("jpeg", Pictures.plain(BufferedImage.TYPE_INT_RGB, 6, 4, 0xFF090909)));

        TestRecord<String, byte[]> record = batches.readRecord();
        byte[] nines = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
        assertThat(ImageBatch.decode(record.value())).isEqualTo(new ImageBatch(3, 2, 2, nines, Optional.empty()));
        assertThat(record.key()).isEqualTo("test.images.raw-0");
        assertThat(BatchOrigin.of(record.headers())).hasValue(new BatchOrigin("test.images.raw-0", 1, 0, 3));
        assertThat(batches.isEmpty()).isTrue();
    }

    @Test
    void positionsGoOnFromBlockToBlock() {
        start(2, 4);
        send(0, 9);
        assertThat(batches.readRecordsToList())
                .extracting(
                        record -> BatchOrigin.of(record.headers()).orElseThrow().position())
                .containsExactly(0L, 2L, 4L, 6L);
    }

    @Test
    void theSameStreamAndSeedMakeTheSameBatches() {
        start(4, 8);
        send(0, 64);
        List<byte[]> first = batches.readValuesToList();
        driver.close();

        start(4, 8);
        send(0, 64);
        assertThat(batches.readValuesToList()).hasSize(16).containsExactlyElementsOf(first);
    }

    @Test
    void aTrickleLeavesWhenItsFirstImageHasWaitedLongEnough() throws Exception {
        start(4, 8);
        send(0, 2);
        driver.advanceWallClockTime(Duration.ofMillis(600));
        send(2, 5);
        driver.advanceWallClockTime(Duration.ofMillis(300));
        assertThat(batches.isEmpty()).isTrue();
        driver.advanceWallClockTime(Duration.ofMillis(100));
        assertThat(sizes()).containsExactly(4, 1);

        // The next one waits from its own arrival.
        driver.advanceWallClockTime(Duration.ofMillis(700));
        send(5, 6);
        driver.advanceWallClockTime(Duration.ofMillis(900));
        assertThat(batches.isEmpty()).isTrue();
        driver.advanceWallClockTime(Duration.ofMillis(100));
        assertThat(sizes()).containsExactly(1);
    }

    @Test
    void aRecordThatIsNoImageBecomesADeadLetterThatCanBePutBack() throws Exception {
        start(2, 2);
        Headers headers = new RecordHeaders().add("trace", "t1".getBytes(UTF_8));
        images.pipeInput(new byte[4]);
        images.pipeInput(new TestRecord<>("key".getBytes(UTF_8), "no image".getBytes(UTF_8), headers, 77L));
        images.pipeInput(new TestRecord<>(null, null, new RecordHeaders(), 78L));
        images.pipeInput(new byte[4]);

        assertThat(sizes()).containsExactly(2);
        List<TestRecord<byte[], byte[]>> refused = letters.readRecordsToList();
        assertThat(refused).hasSize(2);
        ConsumerRecord<byte[], byte[]> letter = letter(refused.get(0));
        assertThat(DeadLetter.read(letter))
                .isEqualTo(new DeadLetter(
                        "test.images.raw",
                        0,
                        1,
                        "sparsestream.producer.ingest.RefusedImageException",
                        "value is neither PNG nor JPEG, and its 8 bytes are not the 2 × 2 of a raw image",
                        false));
        assertThat(letter.headers().lastHeader("dlq.timestamp").value()).isEqualTo("77".getBytes(UTF_8));
        ProducerRecord<byte[], byte[]> back = DeadLetter.read(letter).putBack(letter, letter.value());
        assertThat(back.topic()).isEqualTo("test.images.raw");
        assertThat(back.key()).isEqualTo("key".getBytes(UTF_8));
        assertThat(back.value()).isEqualTo("no image".getBytes(UTF_8));
        assertThat(back.headers().lastHeader("trace").value()).isEqualTo("t1".getBytes(UTF_8));
        assertThat(refused.get(1).value()).isNull();
    }

    @Test
    void aLabelThatIsNoneIsRefused() throws Exception {
        start(2, 2);
        for (String label : List.of("7", "256", "-1", "seven", "\"7", "7\"", "\"\"", "\"256\"", "'7'", "", "3")) {
            Headers headers = new RecordHeaders().add("label", label.getBytes(UTF_8));
            images.pipeInput(new TestRecord<>(null, new byte[4], headers, 1L));
        }
        assertThat(ImageBatch.decode(batches.readValue()).labels())
                .hasValueSatisfying(labels -> assertThat(labels).containsExactlyInAnyOrder(3, 7));
        assertThat(letters.readRecordsToList()).hasSize(9).allSatisfy(letter -> assertThat(
                        DeadLetter.read(letter(letter)).errorMessage())
                .isEqualTo("header label is no number from 0 to 255 in decimal digits, such as 7"));
    }

    /** As Spring writes a header that is a string. */
    @Test
    void aLabelInQuotesIsTheNumberBetweenThem() throws Exception {
        start(2, 2);
        for (String label : List.of("\"7\"", "\"255\"")) {
            Headers headers = new RecordHeaders().add("label", label.getBytes(UTF_8));
            images.pipeInput(new TestRecord<>(null, new byte[4], headers, 1L));
        }
        assertThat(ImageBatch.decode(batches.readValue()).labels())
                .hasValueSatisfying(labels -> assertThat(labels).containsExactlyInAnyOrder(7, (byte) 255));
        assertThat(letters.isEmpty()).isTrue();
    }

    @Test
    void aRecordWithoutATimestampIsTakenToo() {
        assertThat(IngestTopology.timestamp(new ConsumerRecord<>("images.raw", 0, 0, null, null), 5))
                .isZero();
    }

    @Test
    void theChangelogHasNoMoreKeysThanTheBufferHasPlaces() {
        start(4, 8);
        send(0, 100);
        KeyValueStore<Integer, byte[]> store = driver.getKeyValueStore(IngestTopology.STORE);
        List<Integer> keys = new ArrayList<>();
        store.all().forEachRemaining(entry -> {
            keys.add(entry.key);
            assertThat(entry.value.length).isLessThanOrEqualTo(14 + 4);
        });
        assertThat(keys).containsExactlyInAnyOrder(-1, 0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void aFailureOfAnotherKindIsNoDeadLetter() {
        start(
                new IngestMetrics() {
                    @Override
                    public void imageTaken() {
                        throw new IllegalStateException("out of order");
                    }

                    @Override
                    public void imageRefused() {}

                    @Override
                    public void batchMade(int count) {}
                },
                new BatchRules(1, 1, Duration.ofSeconds(1), 1));
        assertThatThrownBy(() -> images.pipeInput(new byte[4]))
                .isInstanceOf(StreamsException.class)
                .hasRootCauseMessage("out of order");
        assertThat(letters.isEmpty()).isTrue();
    }

    private void start(int batchSize, int shuffleBuffer) {
        start(IngestMetrics.NOOP, new BatchRules(batchSize, shuffleBuffer, Duration.ofSeconds(1), 1));
    }

    private void start(IngestMetrics metrics, BatchRules rules) {
        IngestConfig config = new IngestConfig(Map.of("bootstrap.servers", "nowhere:9092"), TOPICS, IMAGES, rules);
        Properties settings = new Properties();
        settings.putAll(config.streams());
        driver = new TopologyTestDriver(config.topology(metrics).get(), settings);
        images = driver.createInputTopic(
                TOPICS.imagesRaw().name(), new ByteArraySerializer(), new ByteArraySerializer());
        batches = driver.createOutputTopic(
                TOPICS.imageBatches().name(), new StringDeserializer(), new ByteArrayDeserializer());
        letters = driver.createOutputTopic(
                TOPICS.imagesRawLetters().name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void send(int from, int to) {
        for (int i = from; i < to; i++) {
            images.pipeInput(new byte[] {(byte) i, 0, 0, 0});
        }
    }

    private List<Integer> sizes() throws Exception {
        List<Integer> sizes = new ArrayList<>();
        for (byte[] value : batches.readValuesToList()) {
            sizes.add(ImageBatch.decode(value).count());
        }
        return sizes;
    }

    private static ConsumerRecord<byte[], byte[]> letter(TestRecord<byte[], byte[]> record) {
        return new ConsumerRecord<>(
                TOPICS.imagesRawLetters().name(),
                0,
                0,
                1,
                TimestampType.CREATE_TIME,
                0,
                0,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty());
    }
}
