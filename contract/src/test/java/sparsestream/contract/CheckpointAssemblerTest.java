package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointAssemblerTest {
    private static final Topic TOPIC = new Topics("").modelCheckpoints();
    private static final String KEY = "run/vae";

    private final CheckpointAssembler assembler = new CheckpointAssembler();

    @Test
    void aCheckpointComesBackWithItsManifest() throws MalformedMessageException {
        Checkpoint checkpoint = checkpoint(KEY, 1, 2_000_000);

        assertThat(acceptAll(records(checkpoint))).containsExactly(checkpoint);
    }

    @Test
    void keysMayBeInterleaved() throws MalformedMessageException {
        Checkpoint vae = checkpoint(KEY, 1, 1_000_000);
        Checkpoint gan = checkpoint("run/gan/0", 1, 1_000_001);
        List<ConsumerRecord<byte[], byte[]>> mixed = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            mixed.add(records(vae).get(i));
            mixed.add(records(gan).get(i));
        }

        assertThat(acceptAll(mixed)).containsExactly(vae, gan);
    }

    @Test
    void partsThatOnlyALongerVersionBeforeHadAreIgnored() throws MalformedMessageException {
        Checkpoint shorter = checkpoint(KEY, 2, 1_000);

        List<ConsumerRecord<byte[], byte[]>> compacted = new ArrayList<>();
        compacted.add(records(checkpoint(KEY, 1, 2_000_000)).get(2));
        compacted.addAll(records(shorter));

        assertThat(acceptAll(compacted)).containsExactly(shorter);
    }

    @Test
    void aManifestWhosePartsWereCompactedAwayNamesTheMissingPart() throws MalformedMessageException {
        List<ConsumerRecord<byte[], byte[]>> older = records(checkpoint(KEY, 1, 2_000_000));
        Checkpoint newer = checkpoint(KEY, 2, 2_000_000);
        assembler.accept(older.get(0));
        assembler.accept(older.get(2));

        MalformedMessageException e = refused(older.get(3));

        assertThat(e.field()).isEqualTo("run/vae/part-0001");
        assertThat(e).hasMessageContaining("version 1 is missing");
        assertThat(acceptAll(records(newer))).containsExactly(newer);
    }

    @Test
    void aManifestBetweenThePartsOfANewerVersionDoesNotHarmTheNewer() throws MalformedMessageException {
        ConsumerRecord<byte[], byte[]> olderManifest =
                records(checkpoint(KEY, 1, 1_000_000)).get(2);
        Checkpoint newer = checkpoint(KEY, 2, 1_000_000);
        List<ConsumerRecord<byte[], byte[]>> records = records(newer);
        assembler.accept(records.get(0));
        assembler.accept(records.get(1));

        assertThat(refused(olderManifest).field()).isEqualTo("run/vae/part-0000");
        assertThat(assembler.accept(records.get(2))).contains(newer);
    }

    @Test
    void partsAreReleasedOnceAssembled() throws MalformedMessageException {
        List<ConsumerRecord<byte[], byte[]>> records = records(checkpoint(KEY, 1, 1_000));
        acceptAll(records);

        assertThat(refused(records.get(1)).field()).isEqualTo("run/vae/part-0000");
    }

    @Test
    void anOlderVersionThanTheLastIsRefusedAndTheSameMayComeAgain() throws MalformedMessageException {
        Checkpoint checkpoint = checkpoint(KEY, 5, 1_000);
        acceptAll(records(checkpoint));

        assertThat(acceptAll(records(checkpoint))).containsExactly(checkpoint);
        List<ConsumerRecord<byte[], byte[]>> older = records(checkpoint(KEY, 4, 1_000));
        assembler.accept(older.get(0));
        assertThat(refused(older.get(1)).field()).isEqualTo("run/vae.version");
    }

    @Test
    void aTombstoneForgetsTheKeySoThatItsVersionsMayBeginAgain() throws MalformedMessageException {
        acceptAll(records(checkpoint(KEY, 5, 1_000)));

        assertThat(assembler.accept(Records.read(KEY, null))).isEmpty();

        Checkpoint first = checkpoint(KEY, 1, 1_000);
        assertThat(acceptAll(records(first))).containsExactly(first);
    }

    @Test
    void aTombstoneOfAPartDropsIt() throws MalformedMessageException {
        List<ConsumerRecord<byte[], byte[]>> records = records(checkpoint(KEY, 1, 1_000));
        assembler.accept(records.get(0));
        assembler.accept(Records.read("run/vae/part-0000", null));

        assertThat(refused(records.get(1)).field()).isEqualTo("run/vae/part-0000");
    }

    @Test
    void damageIsToldFromAMissingPart() throws MalformedMessageException {
        List<ConsumerRecord<byte[], byte[]>> flipped = records(checkpoint(KEY, 1, 1_000));
        flipped.get(0).value()[500] ^= 1;
        assembler.accept(flipped.get(0));
        assertThat(refused(flipped.get(1)).field()).isEqualTo("run/vae.sha256");

        List<ConsumerRecord<byte[], byte[]>> cut = records(checkpoint(KEY, 1, 1_000));
        assembler.accept(
                Records.read("topic", cut.get(0).key(), new byte[10], cut.get(0).headers()));
        assertThat(refused(cut.get(1)).field()).isEqualTo("run/vae.bytes");
    }

    @Test
    void aFileThatIsWholeButNotSafetensorsIsRefused() throws MalformedMessageException {
        byte[] nonsense = new byte[20];
        String sha256 = "de47c9b27eb8d300dbb5f2c353e632c393262cf06340c4fa7f1b40c4cbd36f90"; // sha256sum of 20 zeros
        assembler.accept(part("run/vae/part-0000", "1", nonsense));

        assertThat(refused(manifest(1, 1, 20, sha256)).field()).isEqualTo("header");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void aRecordThatIsNoPartAndNoManifestNamesItsField(
            String fault, ConsumerRecord<byte[], byte[]> record, String field) throws MalformedMessageException {
        assertThat(refused(record).field()).as(fault).isEqualTo(field);

        Checkpoint next = checkpoint(KEY, 1, 1_000);
        assertThat(acceptAll(records(next))).containsExactly(next);
    }

    static Stream<Arguments> aRecordThatIsNoPartAndNoManifestNamesItsField() {
        byte[] value = {1, 2, 3};
        return Stream.of(
                arguments("no key", Records.read("t", null, value, new RecordHeaders()), "key"),
                arguments("a foreign key", Records.read("hello", value), "key"),
                arguments("a foreign tombstone", Records.read("hello", null), "key"),
                arguments("a key that is not text", Records.read("rün/vae", value), "key"),
                arguments("a part with five digits", Records.read("run/vae/0/part-00000", value), "key"),
                arguments(
                        "a part without a version",
                        Records.read("run/vae/part-0000", value),
                        "run/vae/part-0000.version"),
                arguments("a part of version x", part("run/vae/part-0000", "x", value), "run/vae/part-0000.version"),
                arguments("no JSON", Records.read(KEY, value), "run/vae"),
                arguments("no bytes", Records.read(KEY, new byte[0]), "run/vae"),
                arguments("no format", Records.read(KEY, json("{}")), "run/vae.format"),
                arguments("a negative version", manifest(-1, 1, 1, "0".repeat(64)), "run/vae.version"),
                arguments("no parts", manifest(1, 0, 1, "0".repeat(64)), "run/vae.parts"),
                arguments("too many parts", manifest(1, 10_001, 1, "0".repeat(64)), "run/vae.parts"),
                arguments("no length", manifest(1, 1, 0, "0".repeat(64)), "run/vae.bytes"),
                arguments("over 1 GiB", manifest(1, 1, (1L << 30) + 1, "0".repeat(64)), "run/vae.bytes"),
                arguments("a short SHA-256", manifest(1, 1, 1, "0".repeat(63)), "run/vae.sha256"),
                arguments("a manifest alone", manifest(1, 10_000, 1, "0".repeat(64)), "run/vae/part-0000"));
    }

    @Test
    void theKeyThatHasWaitedLongestIsLetGo() throws MalformedMessageException {
        CheckpointAssembler small = new CheckpointAssembler(2, 1_000_000);
        List<ConsumerRecord<byte[], byte[]>> first = records(checkpoint("run/a", 1, 10));
        List<ConsumerRecord<byte[], byte[]>> second = records(checkpoint("run/b", 1, 10));
        small.accept(first.get(0));
        small.accept(second.get(0));
        small.accept(records(checkpoint("run/c", 1, 10)).get(0));

        assertThat(small.accept(second.get(1))).isPresent();
        var e = catchThrowableOfType(MalformedMessageException.class, () -> small.accept(first.get(1)));
        assertThat(e.field()).isEqualTo("run/a/part-0000");
    }

    @Test
    void partsOverTheLimitAreRefusedAndReleased() throws MalformedMessageException {
        CheckpointAssembler small = new CheckpointAssembler(2, 1_000);
        small.accept(part("run/vae/part-0000", "1", new byte[900]));

        var e = catchThrowableOfType(
                MalformedMessageException.class, () -> small.accept(part("run/vae/part-0001", "1", new byte[101])));

        assertThat(e.field()).isEqualTo("run/vae/part-0001");
        assertThat(small.accept(part("run/vae/part-0002", "1", new byte[1_000])))
                .isEmpty();
    }

    @Test
    void aPartThatComesAgainCountsOnce() throws MalformedMessageException {
        CheckpointAssembler small = new CheckpointAssembler(2, 1_000);
        for (int i = 0; i < 10; i++) {
            assertThat(small.accept(part("run/vae/part-0000", "1", new byte[900])))
                    .isEmpty();
        }
    }

    private List<Checkpoint> acceptAll(List<ConsumerRecord<byte[], byte[]>> records) throws MalformedMessageException {
        List<Checkpoint> checkpoints = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Optional<Checkpoint> checkpoint = assembler.accept(record);
            checkpoint.ifPresent(checkpoints::add);
        }
        return checkpoints;
    }

    private MalformedMessageException refused(ConsumerRecord<byte[], byte[]> record) {
        var e = catchThrowableOfType(MalformedMessageException.class, () -> assembler.accept(record));
        assertThat(e).isNotNull();
        return e;
    }

    private static Checkpoint checkpoint(String key, long version, int bytes) {
        byte[] weights = new byte[bytes];
        weights[0] = (byte) version;
        Map<String, Tensor> tensors = Map.of("w", Tensor.ofBytes(weights, bytes));
        return new Checkpoint(key, version, new Safetensors(Map.of("step", "12"), tensors));
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(Checkpoint checkpoint) {
        return CheckpointCodec.encode(TOPIC, checkpoint).stream()
                .map(Records::read)
                .toList();
    }

    private static ConsumerRecord<byte[], byte[]> part(String key, String version, byte[] value) {
        ConsumerRecord<byte[], byte[]> record = Records.read(key, value);
        record.headers().add("version", version.getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private static ConsumerRecord<byte[], byte[]> manifest(long version, long parts, long bytes, String sha256) {
        return Records.read(KEY, json("""
                {"format": "sparsestream.checkpoint.v1", "version": %s, "parts": %s, "bytes": %s, "sha256": "%s"}
                """.formatted(version, parts, bytes, sha256)));
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
