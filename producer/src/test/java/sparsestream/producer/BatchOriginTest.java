package sparsestream.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class BatchOriginTest {
    @Test
    void whatIsWrittenIsRead() {
        BatchOrigin origin = new BatchOrigin("Größe", -5, 1L << 40, 128);
        RecordHeaders headers = new RecordHeaders();
        origin.addTo(headers);

        assertThat(BatchOrigin.of(headers)).contains(origin);
        assertThat(origin.end()).isEqualTo((1L << 40) + 128);
    }

    @Test
    void headersAreText() {
        RecordHeaders headers = new RecordHeaders();
        new BatchOrigin("mnist", 42, 256, 128).addTo(headers);

        assertThat(headers.lastHeader("dataset").value()).isEqualTo("mnist".getBytes(UTF_8));
        assertThat(headers.lastHeader("seed").value()).isEqualTo("42".getBytes(UTF_8));
        assertThat(headers.lastHeader("position").value()).isEqualTo("256".getBytes(UTF_8));
        assertThat(headers.lastHeader("images").value()).isEqualTo("128".getBytes(UTF_8));
    }

    @Test
    void recordsOfOthersHaveNoOrigin() {
        assertThat(BatchOrigin.of(new RecordHeaders())).isEmpty();
        assertThat(BatchOrigin.of(headers("1", "x", "1"))).isEmpty();
        assertThat(BatchOrigin.of(headers("1", "-1", "1"))).isEmpty();
        assertThat(BatchOrigin.of(headers("1", "1", "0"))).isEmpty();
        assertThat(BatchOrigin.of(headers("99999999999999999999", "1", "1"))).isEmpty();
        assertThat(BatchOrigin.of(headers("1", String.valueOf(Long.MAX_VALUE), "1")))
                .isEmpty();
        RecordHeaders withNull = headers("1", "1", "1");
        withNull.add("seed", null);
        assertThat(BatchOrigin.of(withNull)).isEmpty();
    }

    private static RecordHeaders headers(String seed, String position, String images) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("dataset", "mnist".getBytes(UTF_8));
        headers.add("seed", seed.getBytes(UTF_8));
        headers.add("position", position.getBytes(UTF_8));
        headers.add("images", images.getBytes(UTF_8));
        return headers;
    }
}
