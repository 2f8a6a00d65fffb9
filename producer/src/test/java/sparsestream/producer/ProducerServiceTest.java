package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sparsestream.monitoring.Health;

@Timeout(60)
class ProducerServiceTest {
    private static final Dataset DATASET = BatchScheduleTest.numbered(10);

    @Test
    void withoutABrokerItGoesOnTryingUntilItIsClosed() {
        ProducerService service =
                new ProducerService(config("127.0.0.1:9"), DATASET, ProducerMetrics.NOOP, new Health());
        CompletableFuture<Void> running = CompletableFuture.runAsync(service);

        service.close();

        await().atMost(Duration.ofSeconds(15)).until(running::isDone);
        running.join();
        assertThat(service.progress()).isEqualTo(new ProducerProgress(0, 0, OptionalLong.of(100)));
    }

    @Test
    void anAddressThatCannotBeIsAClearError() {
        ProducerService service = new ProducerService(config("nonsense"), DATASET, ProducerMetrics.NOOP, new Health());

        assertThatThrownBy(service::run)
                .isInstanceOf(ProducerException.class)
                .hasMessageStartingWith("cannot produce to topic x.images.batches: ")
                .hasMessageContaining("nonsense");
    }

    @Test
    void aServiceThatNeverRanClosesAtOnce() {
        new ProducerService(config("127.0.0.1:9"), DATASET, ProducerMetrics.NOOP, new Health()).close();
    }

    @Test
    void aServiceRunsOnce() {
        ProducerService service =
                new ProducerService(config("127.0.0.1:9"), DATASET, ProducerMetrics.NOOP, new Health());
        service.close();
        service.run();

        assertThatThrownBy(service::run).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void batchesThatDoNotFitAreRefusedAtTheStart() {
        Dataset large = new Dataset("large", 100, 100, 1, new byte[10_000], new byte[1]);

        assertThatThrownBy(() -> new ProducerService(config("127.0.0.1:9"), large, ProducerMetrics.NOOP, new Health()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--batch-size must be between 1 and 99 for images of 100 x 100, got 128");
    }

    private static ProducerConfig config(String servers) {
        return new ProducerConfig(
                Map.of("bootstrap.servers", servers),
                "x.",
                128,
                OptionalLong.of(100),
                OptionalDouble.empty(),
                1,
                true,
                Optional.empty());
    }
}
