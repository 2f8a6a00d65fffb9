package sparsestream.model.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.hipparchus.distribution.continuous.NormalDistribution;
import org.hipparchus.stat.correlation.PearsonsCorrelation;
import org.hipparchus.stat.descriptive.moment.Kurtosis;
import org.hipparchus.stat.descriptive.moment.Skewness;
import org.hipparchus.stat.descriptive.moment.Variance;
import org.hipparchus.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sparsestream.model.ReferenceMlp;
import sparsestream.model.layers.Noise.Use;

class NoiseTest {
    /** Published values: the tables of the normal distribution and the test values of AS 241. */
    @ParameterizedTest
    @CsvSource({
        "0.5, 0",
        "0.25, -0.6744897501960817",
        "0.8413447460685429, 1",
        "0.9, 1.2815515655446004",
        "0.92, 1.4050715603096329",
        "0.93, 1.4757910281791706",
        "0.975, 1.959963984540054",
        "0.99, 2.3263478740408408",
        "0.999, 3.090232306167813",
        "0.001, -3.090232306167813",
        "1e-10, -6.361340902404056",
        "1e-20, -9.262340089798408"
    })
    void quantilesAreThoseOfTheTables(double p, double quantile) {
        assertThat((double) Noise.inverseNormal(p)).isCloseTo(quantile, within(3e-7 * Math.max(1, Math.abs(quantile))));
    }

    @Test
    void aMillionDeviatesHaveTheMomentsOfTheNormalDistribution() {
        double[] x = deviates(new Noise(1, Use.LATENT, 0), 1_000_000);
        // Five standard errors of each: 1/√n, √2/√n, √6/√n and √24/√n.
        assertThat(Arrays.stream(x).average().orElseThrow()).isCloseTo(0, within(5e-3));
        assertThat(new Variance().evaluate(x)).isCloseTo(1, within(7e-3));
        assertThat(new Skewness().evaluate(x)).isCloseTo(0, within(12e-3));
        assertThat(new Kurtosis().evaluate(x)).isCloseTo(0, within(24e-3));
    }

    @Test
    void theDistributionPassesKolmogorovAndSmirnov() {
        double[] x = deviates(new Noise(2, Use.REPARAMETERIZATION, 5), 200_000);
        double distance = new KolmogorovSmirnovTest().kolmogorovSmirnovStatistic(new NormalDistribution(), x);
        assertThat(distance).isLessThan(1.95 / Math.sqrt(x.length)); // passed by 999 of 1000 good generators
    }

    @Test
    void streamsOfOtherUsesIndicesAndSeedsAreUncorrelated() {
        Noise[] streams = {
            new Noise(1, Use.LATENT, 0),
            new Noise(1, Use.LATENT, 1),
            new Noise(1, Use.LATENT, 2),
            new Noise(2, Use.LATENT, 0),
            new Noise(-1, Use.LATENT, 0),
            new Noise(1, Use.SAMPLE, 0),
            new Noise(1, Use.HELD_OUT, 0),
            new Noise(1, Use.REPARAMETERIZATION, 0),
            new Noise(0, Use.HELD_OUT, 1)
        };
        double[][] x = Arrays.stream(streams).map(s -> deviates(s, 100_000)).toArray(double[][]::new);
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < i; j++) {
                assertThat(new PearsonsCorrelation().correlation(x[i], x[j])).isCloseTo(0, within(5 / Math.sqrt(1e5)));
            }
            double[] head = Arrays.copyOf(x[i], x[i].length - 1);
            double[] tail = Arrays.copyOfRange(x[i], 1, x[i].length);
            assertThat(new PearsonsCorrelation().correlation(head, tail)).isCloseTo(0, within(5 / Math.sqrt(1e5)));
        }
    }

    @Test
    void anyPartOfAStreamIsTheSameAsWhenFilledFromTheStart() {
        Noise noise = new Noise(7, Use.SAMPLE, 3);
        float[] all = new float[1000];
        noise.fillNormal(all, 0, 1000, 0);
        float[] part = new float[120];
        noise.fillNormal(part, 20, 100, 517);
        assertThat(Arrays.copyOfRange(part, 20, 120)).isEqualTo(Arrays.copyOfRange(all, 517, 617));
        assertThat(part).startsWith(new float[20]);
        assertThat(noise.normal(999)).isEqualTo(all[999]);
    }

    /** Computed by a Python program of its own, from SplitMix64 in integers and {@code statistics.NormalDist}. */
    @ParameterizedTest
    @CsvSource({
        "0, SAMPLE, 0, 0, 0.7218836819783735, 0.5884464968791048",
        "1, SAMPLE, 0, 0, 0.224474604939639, -0.757168015160253",
        "42, SAMPLE, 7, 0, 0.38951475854090367, -0.28058396390706125",
        "42, SAMPLE, 7, 31, 0.4531255626875105, -0.1177684543155172",
        "-1, SAMPLE, 1099511627776, 99, 0.6809747460811034, 0.47042625790919346",
        "42, REPARAMETERIZATION, 7, 0, 0.6541166616640458, 0.39645869048230975",
        "42, LATENT, 7, 0, 0.21533724160135248, -0.7880379926137053",
        "42, HELD_OUT, 7, 0, 0.09072796298857855, -1.3362856471796145",
        "9223372036854775807, LATENT, 0, 8589934592, 0.11883746959892749, -1.180818233175755"
    })
    void numbersNeverChangeSoThatImagesCanBeMadeAgain(
            long seed, Use use, long index, long i, double uniform, double normal) {
        Noise noise = new Noise(seed, use, index);
        assertThat(noise.uniform(i)).isEqualTo(uniform);
        assertThat((double) noise.normal(i)).isCloseTo(normal, within(3e-7 * Math.max(1, Math.abs(normal))));
    }

    @Test
    void uniformNumbersStayInsideTheOpenInterval() {
        assertThat(Noise.unit(0L)).isEqualTo(0x1.0p-53);
        assertThat(Noise.unit(-1L)).isEqualTo(1 - 0x1.0p-53);
        assertThat(Noise.inverseNormal(Noise.unit(-1L))).isEqualTo(-Noise.inverseNormal(Noise.unit(0L)));
        assertThat((double) Noise.inverseNormal(Noise.unit(0L))).isCloseTo(-8.20953615160139, within(3e-6));
    }

    private static double[] deviates(Noise noise, int count) {
        float[] x = new float[count];
        noise.fillNormal(x, 0, count, 0);
        return ReferenceMlp.doubles(x, 0, count);
    }
}
