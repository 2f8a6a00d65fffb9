package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContributionTest {
    private static final Share SHARE = new Share(2, 7, 6, 600, 705, 100, 12_800);

    /** Mostly zeros, so that it is stored sparsely. */
    private static final float[] CHANGE = new float[1_000];

    static {
        CHANGE[3] = 0.25f;
        CHANGE[999] = -3e-9f;
    }

    @Test
    void itComesBackAsItWasAndZerosTakeNoRoom() throws Exception {
        Contribution contribution = contribution();
        byte[] file = contribution.encode().encode();
        assertThat(Contribution.decode(Safetensors.decode(file))).isEqualTo(contribution);
        assertThat(file.length).isLessThan(1_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "partition",
                "partitions",
                "every",
                "settings",
                "number",
                "base",
                "from",
                "to",
                "batches",
                "images",
                "last_batch_ms"
            })
    void withoutAnEntryItIsRefusedByName(String entry) {
        Safetensors contents = contribution().encode();
        Map<String, String> metadata = new LinkedHashMap<>(contents.metadata());
        metadata.remove(entry);
        assertThatThrownBy(() -> Contribution.decode(new Safetensors(metadata, contents.tensors())))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining(entry);
    }

    @ParameterizedTest
    @CsvSource({
        "partition, 4",
        "partition, -1",
        "number, 0",
        "base, -1",
        "to, 599",
        "batches, 0",
        "batches, 101",
        "images, 99",
        "partitions, 2",
        "partitions, 100001",
        "every, 0",
        "loss.nelbo, NaN"
    })
    void whatCannotBeIsRefused(String entry, String value) {
        Safetensors contents = contribution().encode();
        Map<String, String> metadata = new LinkedHashMap<>(contents.metadata());
        metadata.put(entry, value);
        assertThatThrownBy(() -> Contribution.decode(new Safetensors(metadata, contents.tensors())))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void aTensorOfAnotherKindIsRefused() {
        Safetensors contents = contribution().encode();
        for (Map.Entry<String, Tensor> wrong : Map.of(
                        "encoder.values.kept", Tensor.ofFloats(new float[2], 2),
                        "decoder.values.change", Tensor.ofFloats(new float[4], 2, 2),
                        "weights", Tensor.ofFloats(new float[2], 2))
                .entrySet()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>(contents.tensors());
            tensors.put(wrong.getKey(), wrong.getValue());
            assertThatThrownBy(() -> Contribution.decode(new Safetensors(contents.metadata(), tensors)))
                    .isInstanceOf(MalformedMessageException.class)
                    .hasMessageContaining(wrong.getKey());
        }
    }

    @Test
    void allOfOneModelAreInOnePartitionOfTheTopic() {
        Topics topics = new Topics("p.");
        Topic topic = topics.modelContributions();
        assertThat(topic.partitions()).isGreaterThan(1);
        assertThat(topics.contributionPartition("run/vae"))
                .isEqualTo(topics.contributionPartition("run/vae"))
                .isBetween(0, topic.partitions() - 1);
        Checkpoint checkpoint = new Checkpoint("run/vae/2", 7, contribution().encode());
        assertThat(CheckpointCodec.encode(topic, 5, checkpoint)).allMatch(record -> record.partition() == 5);
    }

    private static Contribution contribution() {
        return new Contribution(
                SHARE,
                4,
                100,
                "28×28, seed 1",
                1_700_000_000_000L,
                Map.of("nelbo", 104.5),
                Map.of("encoder.values", Tensor.ofFloats(CHANGE, CHANGE.length)),
                Map.of("encoder.values", Tensor.ofBytes(new byte[] {1, 2, 3}, 3)));
    }
}
