package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProducerConfigTest {
    private static final Map<String, String> KAFKA = Map.of("bootstrap.servers", "localhost:9092");

    @Test
    void wrongValuesAreNamedByTheirOption() {
        assertRefused("--batch-size must be between 1 and 1200, got 0", () -> config(0, -1, 0));
        assertRefused("--batch-size must be between 1 and 1200, got 1201", () -> config(1201, -1, 0));
        assertRefused("--images must be at least 1, got 0", () -> config(128, 0, 0));
        assertRefused("--rate must be at least 0 images per second, got -1.0", () -> config(128, -1, -1));
        assertRefused("--rate must be at least 0 images per second, got NaN", () -> config(128, -1, Double.NaN));
        assertRefused(
                "--rate must be at least 0 images per second, got Infinity",
                () -> config(128, -1, Double.POSITIVE_INFINITY));
        assertRefused(
                "--partitions must be at least 1, got 0",
                () -> new ProducerConfig(
                        KAFKA,
                        "",
                        128,
                        OptionalLong.empty(),
                        OptionalDouble.empty(),
                        1,
                        false,
                        Optional.empty(),
                        OptionalInt.of(0)));
        assertRefused("--bootstrap-servers must name a broker", () -> config(Map.of(), "", Optional.empty()));
        assertRefused(
                "a lead of 100 images is less than a batch of 128",
                () -> config(KAFKA, "", Optional.of(new LeadLimit(100, Set.of("vae")))));
        assertThatThrownBy(() -> config(KAFKA, "a b", Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--topic-prefix: ");
    }

    @Test
    void aRateOfZeroIsFullSpeed() {
        assertThat(config(128, -1, 0).rate()).isEmpty();
        assertThat(config(128, -1, 2.5).rate()).hasValue(2.5);
    }

    @Test
    void theBatchMustFitInARecordOfThisDataset() {
        ProducerConfig config = config(512, -1, 0);
        config.requireFits(new Dataset("small", 28, 28, 1, new byte[784], new byte[1]));

        assertRefused(
                "--batch-size must be between 1 and 243 for images of 64 x 64, got 512",
                () -> config.requireFits(new Dataset("large", 64, 64, 1, new byte[4096], new byte[1])));
        assertRefused(
                "--dataset huge has images of 1000 x 1000 pixels, more than fit in a record",
                () -> config.requireFits(new Dataset("huge", 1000, 1000, 1, new byte[1_000_000], new byte[1])));
    }

    private static void assertRefused(String message, Runnable attempt) {
        assertThatThrownBy(attempt::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static ProducerConfig config(int batchSize, long images, double rate) {
        return new ProducerConfig(
                KAFKA,
                "",
                batchSize,
                images < 0 ? OptionalLong.empty() : OptionalLong.of(images),
                OptionalDouble.of(rate),
                1,
                false,
                Optional.empty());
    }

    private static ProducerConfig config(Map<String, String> kafka, String prefix, Optional<LeadLimit> lead) {
        return new ProducerConfig(kafka, prefix, 128, OptionalLong.empty(), OptionalDouble.empty(), 1, false, lead);
    }
}
