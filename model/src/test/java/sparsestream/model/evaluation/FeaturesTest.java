package sparsestream.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FeaturesTest {
    private static Features numbered(int count) {
        float[] values = new float[2 * count];
        int[] classes = new int[count];
        for (int i = 0; i < count; i++) {
            values[2 * i] = i;
            values[2 * i + 1] = -i;
            classes[i] = i;
        }
        return new Features(count, 2, values, classes);
    }

    @Test
    void shufflingKeepsEveryImageWhole() {
        Features shuffled = numbered(100).shuffled(3);
        int[] sorted = shuffled.classes().clone();
        Arrays.sort(sorted);
        assertThat(sorted).isEqualTo(numbered(100).classes());
        assertThat(shuffled.classes()).isNotEqualTo(numbered(100).classes());
        for (int i = 0; i < 100; i++) {
            assertThat(shuffled.values()[2 * i]).isEqualTo(shuffled.classes()[i]);
            assertThat(shuffled.values()[2 * i + 1]).isEqualTo(-shuffled.classes()[i]);
        }
        assertThat(numbered(100).shuffled(3).classes()).isEqualTo(shuffled.classes());
    }
}
