package sparsestream.trainer.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.contract.MalformedMessageException;
import sparsestream.model.Models;
import sparsestream.model.Settings;
import sparsestream.trainer.watch.WatchConfig;

class SavedSettingsTest {
    /** Word for word as release 0.1.0 wrote it. */
    private static final String RELEASE_0_1 =
            "28×28, seed 1, VaeConfig[hidden=[128, 256], latent=32, adam=AdamConfig[learningRate=0.003, beta1=0.9,"
                    + " beta2=0.999, epsilon=1.0E-8, rateFloor=0.1, decaySteps=6000], encoderL1=L1[method=proximal,"
                    + " lambda=1.0E-4, adaptivity=0.0, warmUpSteps=0, freezeAfterSteps=0, debiasAfterSteps=0],"
                    + " decoderL1=L1[method=proximal, lambda=1.0E-4, adaptivity=0.0, warmUpSteps=0, freezeAfterSteps=0,"
                    + " debiasAfterSteps=0], latentL1=0.0, reconstructionL1=0.0]";

    private static final Settings SMALL = new ModelSettings(Models.named("vae"), 28, 28, 1).settings();

    @Test
    void theyAreReadAsTheyWereWritten() throws Exception {
        assertThat(SavedSettings.read(SavedSettings.write(SMALL))).isEqualTo(SMALL);
        assertThat(SavedSettings.write(SMALL)).startsWith("format=2 model=vae image-height=28 image-width=28 seed=1 ");
    }

    @Test
    void thoseOfTheFirstReleaseAreRead() throws Exception {
        assertThat(SavedSettings.read(RELEASE_0_1)).isEqualTo(SMALL);
        assertThat(SavedSettings.objection(RELEASE_0_1, SMALL)).isEmpty();
        assertThat(SavedSettings.read(RELEASE_0_1 + ", merged every 50 batches of 4 partitions"))
                .isEqualTo(SMALL.with("merge-every", 50).with("partitions", 4));
        assertThat(SavedSettings.read(RELEASE_0_1
                        + ", rolls back after 2 evaluations each 500 steps beyond 1.0, rate by 0.5, held out abc0"
                        + ", rate by 3.0 for 1000 steps after drift"))
                .isEqualTo(SMALL.with(new WatchConfig(500, 1, 2, 0.5, 3, 1_000)
                        .settings(java.util.Optional.empty())
                        .with("held-out", "abc0")));
    }

    @Test
    void onlyWhatDiffersIsTold() {
        assertThat(SavedSettings.objection(RELEASE_0_1, SMALL.with("learning-rate", 0.001)))
                .hasValue("with other settings: learning-rate is 0.003, not 0.001");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "28×28",
                "28×28, seed 1, RbmConfig[hidden=3]",
                "28×28, seed 1, VaeConfig[latent=3]",
                RELEASE_0_1 + ", and more",
                "format=3 model=vae",
                "format=two model=vae",
                "format=2 model"
            })
    void whatCanNotBeReadIsRefused(String saved) {
        assertThatThrownBy(() -> SavedSettings.read(saved)).isInstanceOf(MalformedMessageException.class);
        assertThat(SavedSettings.objection(saved, SMALL).orElseThrow())
                .startsWith("with settings that can't be read: ");
    }
}
