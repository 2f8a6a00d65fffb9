package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTest {
    private static final Share FULL = new Share(0, 3, 2, 20, 31, 10, 640);
    private static final Share PART = new Share(1, 2, 1, 10, 14, 4, 256);

    @Test
    void itComesBackAsItWas() throws Exception {
        Round round = round(List.of(FULL, PART));
        ConsumerRecord<byte[], byte[]> record = record(round.toRecord(new Topics("").modelRounds()));
        assertThat(Round.fromRecord(record)).isEqualTo(round);
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("run/vae/3");
        assertThat(Round.isOf(record, "run/vae")).isTrue();
        assertThat(Round.isOf(record, "run/va")).isFalse();
    }

    @Test
    void itIsWholeIfEveryPartitionHasGivenAllItsBatches() {
        assertThat(round(List.of(FULL, new Share(1, 3, 2, 20, 30, 10, 640))).isWhole())
                .isTrue();
        assertThat(round(List.of(FULL, PART)).isWhole()).isFalse();
        assertThat(round(List.of(FULL)).isWhole()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "{\"format\":\"sparsestream.round.v1\",\"model\":\"run/vae\",\"version\":1,\"partitions\":2,\"every\":10,"
                        + "\"outerLearningRate\":1,\"outerMomentum\":0,\"shares\":[],\"images\":1}",
                "{\"format\":\"sparsestream.round.v1\",\"model\":\"run/vae\",\"version\":1.5,\"partitions\":2}",
                "{\"format\":\"sparsestream.round.v1\",\"model\":\"run/vae\",\"version\":1,\"shares\":[{\"partition\":-1}]}"
            })
    void whatIsNoRoundIsRefused(String json) {
        var record = new ConsumerRecord<>("t", 0, 0, new byte[0], json.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Round.fromRecord(record)).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void aPositionGoesIntoACheckpointAndComesBack() throws Exception {
        MergePosition position = MergePosition.start("28×28", 10, 3).with(List.of(FULL, PART));
        assertThat(position.numbers()).containsExactly(3L, 2L, 0L);
        assertThat(position.offsets()).containsExactly(31L, 14L, 0L);
        assertThat(position.includes(1, 2)).isTrue();
        assertThat(position.includes(1, 3)).isFalse();
        Safetensors contents = new Safetensors(java.util.Map.of("step", "1"), java.util.Map.of());
        assertThat(MergePosition.of(position.addTo(contents))).hasValue(position);
        assertThat(MergePosition.of(contents)).isEmpty();
        Safetensors damaged = new Safetensors(
                java.util.Map.of(
                        "merge.settings", "x", "merge.every", "1", "merge.numbers", "1 x", "merge.offsets", "1"),
                java.util.Map.of());
        assertThatThrownBy(() -> MergePosition.of(damaged)).isInstanceOf(MalformedMessageException.class);
    }

    private static Round round(List<Share> shares) {
        return new Round("run/vae", 3, "28×28", 2, 10, 0.7, 0.9, shares, 3_000, "ab");
    }

    private static ConsumerRecord<byte[], byte[]> record(ProducerRecord<byte[], byte[]> sent) {
        return new ConsumerRecord<>(sent.topic(), 0, 0, sent.key(), sent.value());
    }
}
