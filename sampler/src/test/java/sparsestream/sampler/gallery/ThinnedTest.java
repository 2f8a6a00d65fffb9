package sparsestream.sampler.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ThinnedTest {
    @Property(tries = 200)
    void theFirstAndTheLastAlwaysStayAndNoGapIsMuchWiderThanAnEvenOne(
            @ForAll @IntRange(min = 1, max = 3000) int added, @ForAll @IntRange(min = 3, max = 60) int capacity) {
        Thinned<Integer> thinned = new Thinned<>(capacity, Integer::doubleValue);
        for (int i = 0; i < added; i++) {
            thinned.add(i);
        }
        List<Integer> kept = thinned.all();
        assertThat(kept)
                .hasSize(Math.min(added, capacity))
                .isSorted()
                .startsWith(0)
                .endsWith(added - 1);
        double even = (added - 1) / (double) (capacity - 1);
        for (int i = 1; i < kept.size(); i++) {
            assertThat(kept.get(i) - kept.get(i - 1)).isLessThanOrEqualTo((int) Math.ceil(4 * even));
        }
    }

    @Test
    void byTheLogarithmTheGapsGrowWithThePosition() {
        Thinned<Integer> thinned = new Thinned<>(32, position -> Math.log(position));
        for (int i = 1; i <= 100_000; i++) {
            thinned.add(i);
        }
        List<Integer> kept = thinned.all();
        assertThat(kept).startsWith(1, 2).endsWith(100_000);
        // Evenly spaced logarithms would have 8 of 32 up to 10^(5/4).
        assertThat(kept.stream().filter(position -> position <= 17).count()).isBetween(5L, 12L);
        assertThat(kept.stream().filter(position -> position > 10_000).count()).isBetween(4L, 12L);
    }

    @Test
    void whatDoesNotGoOnIsLeftOut() {
        Thinned<Integer> thinned = new Thinned<>(10, Integer::doubleValue);
        List.of(3, 5, 5, 4, 6).forEach(thinned::add);
        assertThat(thinned.all()).containsExactly(3, 5, 6);
    }
}
