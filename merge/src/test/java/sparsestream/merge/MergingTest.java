package sparsestream.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sparsestream.published.HeldOut;
import sparsestream.trainer.learning.Recovery;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.watch.WatchConfig;

class MergingTest {
    private static final Merging MERGING = new Merging(5, Merging.DEFAULT_TIMEOUT);

    @Test
    void whatDecidesAboutOneModelDoesNotGoWithMerging() {
        TrainerConfig config = MergeFixtures.config(MergeFixtures.vae());
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Replicas replicas = new Replicas(MERGING, config, registry);
        assertThat(replicas.topics()).containsExactly(config.topics().modelContributions());
        assertThat(registry.get("sparsestream.replica.waiting").timeGauge().value())
                .isZero();
        int side = MergeFixtures.SIDE;
        HeldOut heldOut = new HeldOut(1, side, side, new byte[side * side]);
        for (TrainerConfig other : List.of(
                new TrainerConfig(
                        config.kafka(),
                        config.topics(),
                        "run",
                        config.model(),
                        1,
                        config.checkpointInterval(),
                        config.images(),
                        Optional.of(heldOut)),
                config.with(new WatchConfig(100, 1, 2, 0.5, 1, 10)),
                config.with(new WatchConfig(100, 1, 0, 0.5, 2, 10)),
                config.with(new Recovery(true, Recovery.OnDataLoss.STOP)))) {
            assertThatThrownBy(() -> new Replicas(MERGING, other, registry))
                    .hasMessageContaining("--merge-every does not go with");
        }
    }

    @Test
    void everyWrongSettingNamesItsOption() {
        assertThatThrownBy(() -> new Merging(0, Merging.DEFAULT_TIMEOUT)).hasMessageContaining("--merge-every");
        assertThatThrownBy(() -> new Merging(1, Duration.ZERO)).hasMessageContaining("--round-timeout");
    }
}
