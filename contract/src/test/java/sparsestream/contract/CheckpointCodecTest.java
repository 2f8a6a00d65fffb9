package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.internal.AbstractRecords;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointCodecTest {
    private static final Topic TOPIC = new Topics("").modelCheckpoints();

    private static final Safetensors TWO_MEGABYTES =
            new Safetensors(Map.of("step", "12"), Map.of("w", Tensor.ofBytes(new byte[2_000_000], 2_000_000)));

    @Test
    void aFileLargerThanARecordTravelsInPartsWithAManifestAtTheEnd() throws IOException {
        Checkpoint checkpoint = new Checkpoint("run-1/vae", 7, TWO_MEGABYTES);

        List<ProducerRecord<byte[], byte[]>> records = CheckpointCodec.encode(TOPIC, checkpoint);

        assertThat(records)
                .extracting(record -> Records.text(record.key()))
                .containsExactly("run-1/vae/part-0000", "run-1/vae/part-0001", "run-1/vae/part-0002", "run-1/vae");
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        records.subList(0, 3).forEach(record -> file.writeBytes(record.value()));
        assertThat(file.toByteArray()).isEqualTo(TWO_MEGABYTES.encode());
        assertThat(records).allSatisfy(record -> {
            assertThat(record.topic()).isEqualTo("model.checkpoints");
            assertThat(record.partition()).isZero();
            assertThat(Records.text(record.headers().lastHeader("version").value()))
                    .isEqualTo("7");
        });
    }

    @Test
    void theManifestIsJsonThatAPersonCanRead() throws IOException {
        Safetensors abc = new Safetensors(Map.of("step", "12"), Map.of("w", Tensor.ofBytes(new byte[] {1}, 1)));
        ProducerRecord<byte[], byte[]> last =
                CheckpointCodec.encode(TOPIC, new Checkpoint("r/gan", 3, abc)).get(1);

        JsonNode manifest = new ObjectMapper().readTree(last.value());

        assertThat(manifest.path("format").asText()).isEqualTo("sparsestream.checkpoint.v1");
        assertThat(manifest.path("version").asLong()).isEqualTo(3);
        assertThat(manifest.path("parts").asInt()).isEqualTo(1);
        assertThat(manifest.path("bytes").asInt()).isEqualTo(abc.encode().length);
        assertThat(manifest.path("sha256").asText()).matches("[0-9a-f]{64}");
        assertThat(manifest.path("metadata").path("step").asText()).isEqualTo("12");
    }

    @Test
    void everyRecordStaysBelowAMillionBytesWithItsKeyAndHeaders() {
        String longest = "r".repeat(64) + "/" + "m".repeat(64) + "/" + "9".repeat(64);
        Safetensors talkative = new Safetensors(Map.of("note", "n".repeat(890_000)), TWO_MEGABYTES.tensors());

        assertThat(CheckpointCodec.encode(TOPIC, new Checkpoint(longest, Long.MAX_VALUE, talkative)))
                .allSatisfy(record -> assertThat(bytesInABatch(record)).isLessThan(1_000_000));
    }

    @Test
    void metadataThatDoesNotFitAManifestIsRefused() {
        Safetensors talkative = new Safetensors(Map.of("note", "n".repeat(950_000)), Map.of());

        assertThatThrownBy(() -> CheckpointCodec.encode(TOPIC, new Checkpoint("r/vae", 1, talkative)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("manifest");
    }

    @Test
    void aCheckpointIsNotWrittenUnderTheShaOfAnother() {
        Checkpoint other = new Checkpoint("r/vae", 1, TWO_MEGABYTES, "0".repeat(64));

        assertThatThrownBy(() -> CheckpointCodec.encode(TOPIC, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SHA-256");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "run",
                "run/",
                "/vae",
                "run/vae/",
                "run/vae/0/0",
                "run/v ae",
                "run/väe",
                "run/vae\n",
                "run//0",
                "run/vae/part-0007"
            })
    void aKeyThatIsNotRunAndModelIsRefused(String key) {
        assertThatThrownBy(() -> new Checkpoint(key, 1, TWO_MEGABYTES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("run/model");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run/vae", "run/vae/0", "My.Run_1-a/gan/12", "run/vae/part-1"})
    void aKeyIsRunModelAndPerhapsPartition(String key) {
        assertThat(new Checkpoint(key, 0, TWO_MEGABYTES).key()).isEqualTo(key);
    }

    @Test
    void aSegmentHasAtMost64Characters() {
        assertThatThrownBy(() -> new Checkpoint("r".repeat(65) + "/vae", 1, TWO_MEGABYTES))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNegativeVersionIsRefused() {
        assertThatThrownBy(() -> new Checkpoint("r/vae", -1, TWO_MEGABYTES)).hasMessage("version -1 is negative");
    }

    /** As Kafka itself bounds it before it sends. */
    private static int bytesInABatch(ProducerRecord<byte[], byte[]> record) {
        return AbstractRecords.estimateSizeInBytesUpperBound(
                RecordBatch.CURRENT_MAGIC_VALUE,
                CompressionType.NONE,
                record.key(),
                record.value(),
                new RecordHeaders(record.headers()).toArray());
    }
}
