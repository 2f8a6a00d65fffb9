package sparsestream.sampler.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sparsestream.published.ModelVersion;
import sparsestream.sampler.TestModels;

class TimeLapseTest {
    private final TimeLapse timeLapse = new TimeLapse();

    @Test
    void eachVersionDrawsTheSameSeed() {
        ModelVersion first = TestModels.version("vae", 1);
        ModelVersion second = TestModels.version("vae", 2);
        timeLapse.add(first);
        timeLapse.add(second);
        assertThat(timeLapse.frames()).extracting(TimeLapse.Frame::version).containsExactly(1L, 2L);
        assertThat(timeLapse.frame(2).orElseThrow().png())
                .isEqualTo(SampleGrid.of(36, 28, 28).draw(second, 0))
                .isNotEqualTo(timeLapse.frame(1).orElseThrow().png());
        assertThat(timeLapse.frame(3)).isEmpty();
    }

    @Test
    void aVersionIsThereOnceAndAnOlderOneNotAtAll() {
        timeLapse.add(TestModels.version("vae", 2));
        timeLapse.add(TestModels.version("vae", 2));
        timeLapse.add(TestModels.version("vae", 1));
        assertThat(timeLapse.frames()).extracting(TimeLapse.Frame::version).containsExactly(2L);
    }

    @Test
    void howEverLongTheHistoryItSpansAllOfItInBoundedMemory() {
        for (int version = 1; version <= 300; version++) {
            timeLapse.add(TestModels.version("vae", version));
        }
        assertThat(timeLapse.frames())
                .hasSize(TimeLapse.CAPACITY)
                .extracting(TimeLapse.Frame::version)
                .startsWith(1L, 2L, 3L)
                .endsWith(300L);
        assertThat(timeLapse.frame(299)).as("thinned out a moment ago").isPresent();
        assertThat(timeLapse.frame(99)).as("thinned out long ago").isEmpty();
    }
}
