package sparsestream.trainer.learning;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sparsestream.contract.Topics;
import sparsestream.published.HeldOut;

class TrainerConfigTest {
    private static TrainerConfig config(String runId, int threads, Duration interval, OptionalLong images) {
        return config(runId, threads, interval, images, Optional.empty());
    }

    private static TrainerConfig config(
            String runId, int threads, Duration interval, OptionalLong images, Optional<HeldOut> heldOut) {
        return new TrainerConfig(Map.of(), new Topics(""), runId, Fixtures.vae(), threads, interval, images, heldOut);
    }

    @Test
    void everyWrongSettingNamesItsOption() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> config("a/b", 1, second, OptionalLong.empty())).hasMessageContaining("--run-id");
        assertThatThrownBy(() -> config("a", 0, second, OptionalLong.empty())).hasMessageContaining("--threads");
        assertThatThrownBy(() -> config("a", 1, Duration.ZERO, OptionalLong.empty()))
                .hasMessageContaining("--checkpoint-interval");
        assertThatThrownBy(() -> config("a", 1, second, OptionalLong.of(0))).hasMessageContaining("--images");
    }

    @Test
    void heldOutImagesMustHaveTheModelsSize() {
        HeldOut heldOut = new HeldOut(1, 5, 5, new byte[25]);
        assertThatThrownBy(() -> config("a", 1, Duration.ofSeconds(1), OptionalLong.empty(), Optional.of(heldOut)))
                .hasMessageContaining("5×5");
    }
}
