package sparsestream.producer.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sparsestream.contract.Topics;

class IngestConfigTest {
    private static final ImageRules IMAGES = images(28, 28, 4 << 20, 4_000_000);

    @Test
    void wrongValuesAreNamedByTheirOption() {
        assertRefused("--image-height must be between 1 and 4096, got 0", () -> images(0, 28, 1000, 1000));
        assertRefused("--image-width must be between 1 and 4096, got 4097", () -> images(28, 4097, 1000, 1000));
        assertRefused("--max-bytes must be between 784 and 67108864, got 783", () -> images(28, 28, 783, 1000));
        assertRefused("--max-pixels must be between 784 and 100000000, got 0", () -> images(28, 28, 1000, 0));
        assertRefused("--batch-size must be between 1 and 65536, got 0", () -> batches(0, 10, 1000));
        assertRefused("--shuffle-buffer must be between 128 and 65536, got 127", () -> batches(128, 127, 1000));
        assertRefused("--max-wait must be between 0.01 and 86400 seconds, got 0.0", () -> batches(1, 1, 0));
        assertRefused(
                "--max-wait must be between 0.01 and 86400 seconds, got 86400.001", () -> batches(1, 1, 86_400_001));
        assertRefused(
                "--batch-size must be between 1 and 1271 for images of 28 × 28, got 1272",
                () -> config(Map.of("bootstrap.servers", "x:1"), batches(1272, 2000, 1000)));
        assertRefused("an image of 1000 × 1000 pixels is more than fits in a record", () -> batches(1, 1, 1000)
                .requireFits(images(1000, 1000, 4 << 20, 4_000_000)));
        assertRefused("--bootstrap-servers must name a broker", () -> config(Map.of(), batches(1, 1, 1000)));
    }

    @Test
    void settingsOfTheUserReachKafkaStreamsButNotThoseThatMakeItExact() {
        Map<String, Object> streams = config(
                        Map.of(
                                "bootstrap.servers",
                                "x:1",
                                "session.timeout.ms",
                                "9000",
                                "processing.guarantee",
                                "at_least_once",
                                "sasl.mechanism",
                                "PLAIN"),
                        batches(1, 1, 1000))
                .streams();
        assertThat(streams)
                .containsEntry("bootstrap.servers", "x:1")
                .containsEntry("session.timeout.ms", "9000")
                .containsEntry("sasl.mechanism", "PLAIN")
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("application.id", "a.sparsestream-ingest")
                .containsEntry("errors.dead.letter.queue.topic.name", "a.images.raw.dlq");
    }

    private static ImageRules images(int height, int width, int maxBytes, int maxPixels) {
        return new ImageRules(height, width, OnSize.RESIZE, maxBytes, maxPixels);
    }

    private static BatchRules batches(int batchSize, int shuffleBuffer, long maxWaitMs) {
        return new BatchRules(batchSize, shuffleBuffer, Duration.ofMillis(maxWaitMs), 1);
    }

    private static IngestConfig config(Map<String, Object> kafka, BatchRules batches) {
        return new IngestConfig(kafka, new Topics("a."), IMAGES, batches);
    }

    private static void assertRefused(String message, Runnable attempt) {
        assertThatThrownBy(attempt::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
