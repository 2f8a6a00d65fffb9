package sparsestream.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FadingAverageTest {
    @Test
    void theEstimateIsTheMeanWithWeightsThatFadeByAge() {
        Random random = new Random(1);
        double[] losses = random.doubles(300, 50, 200).toArray();
        FadingAverage average = FadingAverage.empty(0.99);
        for (double loss : losses) {
            average = average.plus(loss);
        }
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < losses.length; i++) {
            double weight = Math.pow(0.99, losses.length - 1.0 - i);
            sum += weight * losses[i];
            weights += weight;
        }
        assertThat(average.estimate()).isCloseTo(sum / weights, within(1e-9));
    }

    @Test
    void ofNothingThereIsNoEstimate() {
        assertThat(FadingAverage.empty(0.9).estimate()).isNaN();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.5, Double.NaN})
    void aFactorThatDoesNotFadeIsRefused(double alpha) {
        assertThatThrownBy(() -> FadingAverage.empty(alpha)).isInstanceOf(IllegalArgumentException.class);
    }
}
