package sparsestream.model.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sparsestream.model.DrawnBlobs;
import sparsestream.model.Losses;
import sparsestream.model.ModelState;
import sparsestream.model.ReferenceElbo;
import sparsestream.model.ReferenceMlp;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.States;
import sparsestream.model.StreamModel;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.L1.Method;
import sparsestream.model.layers.Noise;
import sparsestream.model.layers.Noise.Use;
import sparsestream.model.layers.Team;

class VaeTest {
    private static final int SIDE = 14;
    private static final int PIXELS = SIDE * SIDE;
    private static final long SEED = 5;
    private static final L1 PENALTY = new L1(Method.PROXIMAL, 1e-3);
    private static final VaeConfig CONFIG = new VaeConfig(List.of(32, 16), 4, AdamConfig.of(1e-3), PENALTY, PENALTY);

    private final Vae vae = vae();

    private static Vae vae() {
        return new Vae(CONFIG, PIXELS, SEED, new Team(2));
    }

    @AfterEach
    void close() {
        vae.close();
    }

    private static Losses learn(StreamModel model, int steps) throws RejectedBatchException {
        Losses losses = null;
        for (int i = 0; i < steps; i++) {
            losses = model.learn(DrawnBlobs.images(64, SIDE, model.step()), 64);
        }
        return losses;
    }

    @Test
    void learningLowersTheLossOnImagesItHasAndHasNotSeen() throws Exception {
        byte[] heldOut = DrawnBlobs.images(100, SIDE, -1);
        double before = vae.heldOutNelbo(heldOut, 100).orElseThrow();
        double first = learn(vae, 1).watchedValue();
        double last = learn(vae, 300).watchedValue();
        assertThat(last).isLessThan(0.6 * first);
        assertThat(vae.heldOutNelbo(heldOut, 100).orElseThrow()).isLessThan(0.6 * before);
        assertThat(vae.zeroRatio()).isBetween(0.01, 0.99);
        assertThat(vae.step()).isEqualTo(301);
        assertThat(vae.images()).isEqualTo(301 * 64);
    }

    @Test
    void heldOutBoundIsThatOfDoublePrecisionWhateverWasLearnedBefore() throws Exception {
        int count = 300;
        byte[] images = DrawnBlobs.images(count, SIDE, 9);
        double bound = vae.heldOutNelbo(images, count).orElseThrow();

        float[] pixels = new float[images.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (images[i] & 0xff) / 255f;
        }
        float[] noise = new float[count * CONFIG.latent()];
        new Noise(SEED, Use.HELD_OUT, 0).fillNormal(noise, 0, noise.length, 0);
        ReferenceElbo reference = new ReferenceElbo(
                new ReferenceMlp(vae.encoderParameters.layers, vae.encoderParameters.values.values),
                new ReferenceMlp(vae.decoderParameters.layers, vae.decoderParameters.values.values),
                pixels,
                noise,
                count);
        assertThat(bound).isCloseTo(reference.negativeElbo(), within(1e-5 * bound));

        ModelState state = vae.state();
        for (int batch : new int[] {1, 100, 200, 500}) {
            vae.learn(DrawnBlobs.images(batch, SIDE, batch), batch);
            vae.restore(state);
            assertThat(vae.heldOutNelbo(images, count)).hasValue(bound);
        }
        assertThat(States.sameBits(vae.state(), state)).isTrue();
    }
}
