package sparsestream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sparsestream.benchmarks.LearnCommand.Row;

class LearnTest {
    private static Row row(long seed, long images, double frechet, int classes) {
        return new Row(seed, images, Double.NaN, frechet, 0.05, classes, 0.8, 0.7, 0.3, Map.of("generator", 0.25));
    }

    @Test
    void aPointIsALineOfMeansOverSeeds() {
        List<Row> rows = List.of(row(1, 1280, 10, 10), row(1, 2560, 3, 10), row(2, 1280, 12, 10), row(2, 2560, 5, 10));
        assertThat(LearnCommand.table(rows).lines()).hasSize(4);
        assertThat(LearnCommand.table(rows))
                .contains("generator zeros", "25.0")
                .contains("11.0 ± 12.7")
                .contains("2,560 ")
                .doesNotContain("ELBO");
    }

    @Test
    void aRunWithoutAClassOrFarFromTheImagesHasCollapsedUnlessItHasJustBegun() {
        List<Row> sound = List.of(row(1, 1280, 90, 4), row(1, 2560, 20, 10), row(1, 3840, 5, 10));
        List<Row> missing = List.of(row(2, 1280, 9, 10), row(2, 2560, 9, 9), row(2, 3840, 9, 9));
        List<Row> far = List.of(row(3, 1280, 9, 10), row(3, 2560, 20.1, 10));
        List<Row> broken = List.of(row(4, 1280, 9, 10), row(4, 2560, Double.NaN, 10));
        assertThat(LearnCommand.collapsed(sound)).isZero();
        assertThat(LearnCommand.collapsed(List.of(
                        sound.get(0),
                        sound.get(1),
                        missing.get(0),
                        missing.get(1),
                        far.get(0),
                        far.get(1),
                        broken.get(0),
                        broken.get(1))))
                .isEqualTo(3);
    }
}
