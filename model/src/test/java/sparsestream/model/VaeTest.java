package sparsestream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.model.L1.Method;
import sparsestream.model.Noise.Use;

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

    private static Map<String, Double> learn(StreamModel model, int steps) throws RejectedBatchException {
        Map<String, Double> losses = Map.of();
        for (int i = 0; i < steps; i++) {
            losses = model.learn(DrawnBlobs.images(64, SIDE, model.step()), 64);
        }
        return losses;
    }

    @Test
    void learningLowersTheLossOnImagesItHasAndHasNotSeen() throws Exception {
        byte[] heldOut = DrawnBlobs.images(100, SIDE, -1);
        double before = vae.heldOutNelbo(heldOut, 100).orElseThrow();
        double first = learn(vae, 1).get("nelbo");
        double last = learn(vae, 300).get("nelbo");
        assertThat(last).isLessThan(0.6 * first);
        assertThat(vae.heldOutNelbo(heldOut, 100).orElseThrow()).isLessThan(0.6 * before);
        assertThat(vae.zeroRatio()).isBetween(0.01, 0.99);
        assertThat(vae.step()).isEqualTo(301);
        assertThat(vae.images()).isEqualTo(301 * 64);
    }

    @Test
    void aRestoredModelGoesOnAsTheUninterruptedOneDoesToTheBit() throws Exception {
        learn(vae, 5);
        ModelState state = vae.state();
        learn(vae, 7);
        try (Vae other = vae()) {
            learn(other, 2);
            other.restore(state);
            learn(other, 7);
            assertThat(States.sameBits(other.state(), vae.state())).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"encoder.values", "decoder.values"})
    void aBatchWithoutFiniteGradientIsRejectedAndChangesNothing(String tensor) throws Exception {
        learn(vae, 3);
        ModelState healthy = vae.state();
        vae.restore(States.scaled(healthy, tensor, 1e30f));
        ModelState before = vae.state();
        assertThatThrownBy(() -> learn(vae, 1))
                .isInstanceOf(RejectedBatchException.class)
                .hasMessage("the VAE's loss or its gradient is not finite");
        assertThat(States.sameBits(vae.state(), before)).isTrue();

        vae.restore(healthy);
        learn(vae, 1);
        assertThat(vae.step()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 6, 8, 10, 12, 14, 18, 24, 36})
    void extremeWeightsEitherLearnWithFiniteNumbersOrReject(int exponent) throws Exception {
        learn(vae, 3);
        ModelState healthy = vae.state();
        for (String tensor : List.of("encoder.values", "decoder.values")) {
            vae.restore(States.scaled(healthy, tensor, (float) Math.pow(10, exponent)));
            ModelState before = vae.state();
            try {
                assertThat(learn(vae, 1).values()).allMatch(Double::isFinite);
                assertThat(States.allFinite(vae.state())).isTrue();
            } catch (RejectedBatchException e) {
                assertThat(States.sameBits(vae.state(), before)).isTrue();
            }
        }
    }

    @Test
    void wrongSizesAreRefused() {
        byte[] two = new byte[2 * PIXELS];
        assertThatThrownBy(() -> vae.learn(two, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 images of 196 pixels can't be 392 bytes");
        assertThatThrownBy(() -> vae.learn(two, -2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> vae.learn(new byte[0], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("0 images of 196 pixels can't be 0 bytes");
        assertThatThrownBy(() -> vae.heldOutNelbo(two, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(vae.step()).isZero();
    }

    @Test
    void aStateOfAnotherArchitectureIsRefusedAndChangesNothing() {
        ModelState before = vae.state();
        VaeConfig wider = new VaeConfig(List.of(32, 17), 4, AdamConfig.of(1e-3), PENALTY, PENALTY);
        try (Vae other = new Vae(wider, PIXELS, SEED, new Team(1));
                Gan gan = new Gan(GanConfig.seed(), PIXELS, SEED, new Team(1))) {
            assertThatThrownBy(() -> vae.restore(other.state()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the state has 7009 elements of encoder.values where this architecture has 6968");
            assertThatThrownBy(() -> vae.restore(gan.state()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the state has no elements of encoder.values where this architecture has 6968");
            assertThatThrownBy(() -> vae.restore(States.with(other.state(), "encoder", before)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("decoder.values");
        }
        assertThat(States.sameBits(vae.state(), before)).isTrue();
    }

    @Test
    void twoModelsOnTwoThreadsDoNotDisturbEachOther() throws Exception {
        learn(vae, 40);
        States.onThreads(2, () -> {
            try (Vae other = vae()) {
                learn(other, 40);
                assertThat(States.sameBits(other.state(), vae.state())).isTrue();
            }
        });
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

    @Test
    void aStepAllocatesNoTensors() throws Exception {
        try (Vae seed = new Vae(VaeConfig.seed().withL1(PENALTY, PENALTY), 784, SEED, new Team(2))) {
            assertThat(States.bytesAllocatedByAStep(seed)).isLessThan(50_000);
        }
    }

    @Test
    void publishedNetworksAreCopies() throws Exception {
        List<Network> published = vae.networks();
        float[] before = published.get(1).layers().get(0).weights().clone();
        learn(vae, 1);
        assertThat(published).extracting(Network::name).containsExactly("encoder", "decoder");
        assertThat(published.get(1).layers().get(0).weights()).isEqualTo(before);
        assertThat(published.get(0).inputs()).isEqualTo(PIXELS);
        assertThat(published.get(0).outputs()).isEqualTo(2 * CONFIG.latent());
        assertThat(published.get(1).outputs()).isEqualTo(PIXELS);
    }
}
