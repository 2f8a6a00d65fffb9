package sparsestream.producer.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AreaResamplingTest {
    @Test
    void aPixelThatLiesInTwoIsSharedOut() {
        // (3 + 6/2) / 1.5 and (6/2 + 9) / 1.5
        assertThat(AreaResampling.resize(new byte[] {3, 6, 9}, 1, 3, 1, 2)).isEqualTo(new byte[] {4, 8});
    }

    @Test
    void enlargedByAWholeNumberPixelsAreRepeated() {
        assertThat(AreaResampling.resize(new byte[] {1, 2}, 1, 2, 2, 4)).isEqualTo(new byte[] {1, 1, 2, 2, 1, 1, 2, 2});
    }

    @Property(tries = 300)
    void aPlainImageStaysPlain(
            @ForAll @IntRange(min = 1, max = 60) int height,
            @ForAll @IntRange(min = 1, max = 60) int width,
            @ForAll @IntRange(min = 1, max = 60) int toHeight,
            @ForAll @IntRange(min = 1, max = 60) int toWidth,
            @ForAll byte value) {
        byte[] plain = new byte[height * width];
        java.util.Arrays.fill(plain, value);
        assertThat(AreaResampling.resize(plain, height, width, toHeight, toWidth))
                .hasSize(toHeight * toWidth)
                .containsOnly(value);
    }
}
