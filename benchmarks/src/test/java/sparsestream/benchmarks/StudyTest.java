package sparsestream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.Team;
import sparsestream.model.vae.Vae;
import sparsestream.model.vae.VaeConfig;

class StudyTest {
    @Test
    void theIntervalIsStudents() {
        // By scipy.stats.t.interval(0.95, 4, 3, sqrt(2.5 / 5)).
        Interval interval = Interval.of(1, 2, 3, 4, 5);
        assertThat(interval.mean()).isEqualTo(3);
        assertThat(interval.half()).isCloseTo(1.963243161, within(1e-8));
        assertThat(Interval.of(7).half()).isNaN();
    }

    @Test
    void decayShrinksWeightsAndLeavesBiases() throws Exception {
        VaeConfig config = new VaeConfig(List.of(8), 2, AdamConfig.of(1e-2), L1.NONE, L1.NONE);
        byte[] images = new byte[10 * 16];
        new java.util.Random(1).nextBytes(images);
        try (Vae vae = new Vae(config, 16, 1, new Team(1))) {
            vae.learn(images, 10);
            var before = vae.networks();
            StudyRun.decay(vae, 0.5);
            var after = vae.networks();
            for (int network = 0; network < 2; network++) {
                for (int layer = 0; layer < 2; layer++) {
                    var was = before.get(network).layers().get(layer);
                    var is = after.get(network).layers().get(layer);
                    assertThat(is.biases()).isEqualTo(was.biases());
                    for (int i = 0; i < was.weights().length; i++) {
                        assertThat(is.weights()[i]).isEqualTo(0.5f * was.weights()[i]);
                    }
                }
            }
        }
    }

    @Test
    void aStudyTellsMeansAndDifferencesSeedBySeed() {
        StudyResult result = new StudyResult();
        for (double seed : new double[] {107, 108, 109}) {
            result.add("none", Map.of("held-out", seed));
        }
        for (double seed : new double[] {109, 110, 111.3}) {
            result.add("L1", Map.of("held-out", seed));
        }
        // By scipy.stats.t.interval(0.95, 2, ...) of the three figures and of the three differences.
        assertThat(result.markdown("vae-all"))
                .contains("108.0 ± 2.5")
                .contains("110.1 ± 2.9")
                .contains("**2.10 ± 0.43**")
                .contains("(vae-all.svg)");
        assertThat(result.svg()).contains("<circle").contains(">none<").contains(">L1<");
    }

    @Test
    void steadyProgressIsNotUnsteady() {
        assertThat(StudyRun.unsteadiness(80, 40, 20, 10)).isCloseTo(0, within(1e-9));
        // By least squares in Python, of the logarithms: sqrt(residuals / (4 - 2)).
        assertThat(StudyRun.unsteadiness(80, 40, 30, 10)).isCloseTo(0.2398763929, within(1e-9));
    }
}
