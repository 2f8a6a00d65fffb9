package sparsestream.published;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import sparsestream.contract.Safetensors;

class CheckpointIntakeTest {
    private final RecordingListener told = new RecordingListener();
    private final CheckpointIntake intake = new CheckpointIntake(TestModels.RUN, List.of("vae", "gan"), told);

    @Test
    void ofTheHistoryOnlyTheNewestVersionOfEachModelIsServed() {
        for (long version = 1; version <= 3; version++) {
            assertThat(take(TestModels.records(TestModels.checkpoint("vae", version))))
                    .isEmpty();
            assertThat(take(TestModels.records(TestModels.checkpoint("gan", version * 2))))
                    .isEmpty();
        }
        assertThat(told.past).extracting(ModelVersion::version).containsExactly(1L, 2L, 2L, 4L, 3L, 6L);
        assertThat(intake.caughtUp()).extracting(ModelVersion::version).containsExactly(3L, 6L);
    }

    @Test
    void afterTheHistoryEachVersionIsServedAsItComes() {
        intake.caughtUp();
        assertThat(take(TestModels.records(TestModels.checkpoint("vae", 1))))
                .singleElement()
                .satisfies(version -> {
                    assertThat(version.model()).isEqualTo("vae");
                    assertThat(version.committed()).isEqualTo(TestModels.COMMITTED);
                });
        assertThat(take(TestModels.records(TestModels.checkpoint("vae", 2)))).hasSize(1);
        assertThat(rejected("vae")).isZero();
    }

    @Test
    void aCheckpointWhosePartsCompactionHasRemovedIsNoFault() {
        assertThat(take(withoutParts(1))).isEmpty();
        take(TestModels.records(TestModels.checkpoint("vae", 2)));
        assertThat(intake.caughtUp()).extracting(ModelVersion::version).containsExactly(2L);
        assertThat(rejected("vae")).isZero();
    }

    @Test
    void partsThatAreMissingWithNothingNewerAreAFault() {
        take(withoutParts(1));
        assertThat(rejected("vae")).isZero();
        assertThat(intake.caughtUp()).isEmpty();
        assertThat(rejected("vae")).isEqualTo(1);
    }

    @Test
    void partsThatAreMissingAfterTheHistoryAreAFault() {
        intake.caughtUp();
        assertThat(take(withoutParts(1))).isEmpty();
        assertThat(rejected("vae")).isEqualTo(1);
    }

    @Test
    void aMalformedCheckpointIsCountedAndTheLastGoodVersionStays() {
        take(TestModels.records(TestModels.checkpoint("vae", 1)));
        take(TestModels.records(TestModels.checkpoint("vae", 2, new Safetensors(Map.of(), Map.of()))));
        assertThat(intake.caughtUp()).extracting(ModelVersion::version).containsExactly(1L);
        assertThat(rejected("vae")).isEqualTo(1);
        assertThat(rejected("gan")).isZero();
    }

    @Test
    void aDamagedCheckpointDoesNotStopTheNext() {
        intake.caughtUp();
        List<ConsumerRecord<byte[], byte[]>> records = TestModels.records(TestModels.checkpoint("vae", 1));
        records.get(0).value()[500] ^= 1;
        assertThat(take(records)).isEmpty();
        assertThat(rejected("vae")).isEqualTo(1);
        assertThat(take(TestModels.records(TestModels.checkpoint("vae", 2)))).hasSize(1);
    }

    @Test
    void versionsNeverGoBack() {
        intake.caughtUp();
        take(TestModels.records(TestModels.checkpoint("vae", 5)));
        assertThat(take(TestModels.records(TestModels.checkpoint("vae", 4)))).isEmpty();
        assertThat(rejected("vae")).isEqualTo(1);
    }

    @Test
    void aTombstoneChangesNothing() {
        intake.caughtUp();
        take(TestModels.records(TestModels.checkpoint("vae", 1)));
        assertThat(take(List.of(record("test-run/vae", null), record("test-run/vae/part-0000", null))))
                .isEmpty();
        assertThat(rejected("vae")).isZero();
    }

    @Test
    void otherRunsModelsAndKeysAreNoneOfOurs() {
        intake.caughtUp();
        assertThat(take(List.of(
                        record(null, "x"),
                        record("other-run/vae", "{}"),
                        record("test-run/wgan", "{}"),
                        record("test-run/vae/0", "{}"),
                        record("test-run/vae/part-1", "{}"),
                        record("hello", "world"))))
                .isEmpty();
        assertThat(rejected("vae") + rejected("gan")).isZero();
    }

    private List<ModelVersion> take(List<ConsumerRecord<byte[], byte[]>> records) {
        List<ModelVersion> versions = new ArrayList<>();
        records.forEach(record -> intake.accept(record).ifPresent(versions::add));
        return versions;
    }

    private static List<ConsumerRecord<byte[], byte[]>> withoutParts(long version) {
        var records = TestModels.records(TestModels.checkpoint("vae", version));
        return records.subList(records.size() - 1, records.size());
    }

    private static ConsumerRecord<byte[], byte[]> record(String key, String value) {
        return new ConsumerRecord<>(
                "model.checkpoints",
                0,
                0,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    private int rejected(String model) {
        return Collections.frequency(told.rejected, model);
    }
}
