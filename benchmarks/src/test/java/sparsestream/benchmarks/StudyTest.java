package sparsestream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sparsestream.model.AdamConfig;
import sparsestream.model.L1;
import sparsestream.model.Team;
import sparsestream.model.Vae;
import sparsestream.model.VaeConfig;

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
    void theTableHasARowForEachVariantAndThePlotADot() {
        Map<String, Map<String, Interval>> rows = new LinkedHashMap<>();
        rows.put("none", Map.of("held-out", Interval.of(107.5, 108.5)));
        rows.put("L1", Map.of("held-out", Interval.of(110, 112)));
        assertThat(StudyCommand.table(rows).lines())
                .hasSize(4)
                .last()
                .asString()
                .contains("L1", "111.0 ± 12.7");
        assertThat(IntervalPlot.svg(rows))
                .contains("<circle")
                .contains(">none<")
                .contains(">L1<");
    }
}
