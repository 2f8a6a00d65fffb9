package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.contract.ImageBatch;

class DriftingStreamTest {
    private static final int COUNT = 60;

    /** Image i is grey {@code base + i}, of class i % 10. */
    private static Dataset dataset(String name, int base, int width) {
        byte[] images = new byte[COUNT * width];
        byte[] labels = new byte[COUNT];
        for (int i = 0; i < COUNT; i++) {
            labels[i] = (byte) (i % 10);
            java.util.Arrays.fill(images, i * width, (i + 1) * width, (byte) (base + i));
        }
        return new Dataset(name, 1, width, COUNT, images, labels);
    }

    private static DriftingStream stream(String spec, Dataset... other) {
        return new DriftingStream(
                dataset("a", 0, 2),
                Drift.parse(spec),
                Optional.of(other).filter(o -> o.length > 0).map(o -> o[0]),
                3);
    }

    private static byte[] labels(ImageStream stream, long position, int count) {
        return stream.batch(position, count).labels().orElseThrow();
    }

    @Test
    void theLaterClassesComeAfterTheOthersAtThePlaceThatIsGiven() {
        DriftingStream stream = stream("classes@100");
        assertThat(labels(stream, 0, 100)).containsOnly(0, 1, 2, 3, 4);
        assertThat(labels(stream, 100, 100)).containsOnly(5, 6, 7, 8, 9);
        byte[] across = labels(stream, 95, 10);
        for (int i = 0; i < 10; i++) {
            assertThat(across[i] >= 5).isEqualTo(i >= 5);
        }
    }

    @Test
    void aGradualChangeMixesMoreAndMoreOfTheOtherDataset() {
        DriftingStream stream = stream("b@1000+1000", dataset("b", 100, 2));
        assertThat(others(stream, 0)).isZero();
        assertThat(others(stream, 1_000)).isBetween(10, 90);
        assertThat(others(stream, 1_400)).isBetween(130, 270);
        assertThat(others(stream, 1_600)).isGreaterThan(others(stream, 1_200));
        assertThat(others(stream, 2_000)).isEqualTo(400);
    }

    /** Images of dataset b among 400. */
    private static int others(ImageStream stream, long position) {
        ImageBatch batch = stream.batch(position, 400);
        int others = 0;
        for (int i = 0; i < 400; i++) {
            others += (batch.images()[2 * i] & 0xff) >= 100 ? 1 : 0;
        }
        return others;
    }

    @Test
    void anInvertedImageIsWhiteWhereItWasBlack() {
        ImageBatch plain = stream("invert@1000").batch(0, 20);
        ImageBatch inverted = stream("invert@0").batch(0, 20);
        ImageBatch half = stream("invert@0+1000000000").batch(500_000_000, 1);
        for (int i = 0; i < 40; i++) {
            assertThat((plain.images()[i] & 0xff) + (inverted.images()[i] & 0xff))
                    .isEqualTo(255);
        }
        assertThat(half.images()[0] & 0xff).isBetween(127, 128);
        assertThat(inverted.labels().orElseThrow()).isEqualTo(plain.labels().orElseThrow());
    }

    @Test
    void noiseComesOnTopOfTheImageAndIsAlwaysTheSame() {
        ImageBatch plain = stream("noise@1000").batch(0, 20);
        ImageBatch noisy = stream("noise@0").batch(0, 20);
        assertThat(noisy.images()).isNotEqualTo(plain.images());
        assertThat(stream("noise@0").batch(10, 10).images())
                .isEqualTo(java.util.Arrays.copyOfRange(noisy.images(), 20, 40));
    }

    @Test
    void aStreamThatChangesHasANameOfItsOwnSoThatNoOtherIsGoneOnFrom() {
        assertThat(stream("classes@100").name()).isEqualTo("a+classes@100");
        assertThat(stream("b@100+50", dataset("b", 100, 2)).name()).isEqualTo("a+b@100+50");
    }

    @Test
    void datasetsOfDifferentSizesDoNotGoTogether() {
        Dataset wide = dataset("b", 0, 3);
        assertThatThrownBy(() -> stream("b@10", wide))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("1 x 2")
                .hasMessageContaining("1 x 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "classes", "@5", "classes@", "classes@-1", "classes@5+", "classes@5+x", "classes@5-3"})
    void whatIsNoSpecificationIsRefusedInOneLine(String spec) {
        assertThatThrownBy(() -> Drift.parse(spec))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--drift must be")
                .hasMessageEndingWith("'" + spec + "'");
    }
}
