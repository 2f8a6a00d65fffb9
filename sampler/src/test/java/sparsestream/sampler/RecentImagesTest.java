package sparsestream.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import sparsestream.contract.GeneratedImage;

class RecentImagesTest {
    private final RecentImages recent = new RecentImages();

    @Test
    void atFirstThereIsNone() {
        assertThat(recent.newest()).isEmpty();
        assertThat(recent.since(0, 10)).isEqualTo(new RecentImages.Added(0, List.of()));
    }

    @Test
    void theNewestIsTheLastAdded() {
        addImages(recent, 100);
        assertThat(recent.newest()).map(emitted -> emitted.image().index()).contains(99L);
        assertThat(recent.count()).isEqualTo(100);
    }

    @Property(tries = 300)
    void whoAsksGetsTheNewestThatItHasNotSeenInOrder(
            @ForAll @IntRange(max = 300) int added,
            @ForAll @IntRange(max = 300) int seen,
            @ForAll @IntRange(max = 100) int max) {
        RecentImages images = new RecentImages();
        addImages(images, added);
        long first = Math.max(Math.min(seen, added), added - Math.min(max, RecentImages.CAPACITY));
        RecentImages.Added answer = images.since(seen, max);
        assertThat(answer.count()).isEqualTo(added);
        assertThat(answer.images())
                .extracting(emitted -> emitted.image().index())
                .containsExactlyElementsOf(
                        LongStream.range(Math.max(0, first), added).boxed().toList());
    }

    private static void addImages(RecentImages images, int count) {
        for (int i = 0; i < count; i++) {
            images.add(TestModels.emitted(new GeneratedImage(
                    "vae", 1, "0".repeat(64), 0, i, 0, 1, 1, 1, new byte[0], Instant.EPOCH, "/test")));
        }
    }
}
