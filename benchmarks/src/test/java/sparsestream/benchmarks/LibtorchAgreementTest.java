package sparsestream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.StreamModel;
import sparsestream.model.gan.Gan;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.layers.Noise;
import sparsestream.model.layers.Team;
import sparsestream.model.vae.Vae;

/** The same weights, batch and noise give libtorch and us the same gradients, so both do the same work. */
class LibtorchAgreementTest {
    private static final int BATCH = 128;
    /** With which no rectifier is so near its kink that rounding decides on which side of it a unit is. */
    private static final long SEED = 8;

    private static final byte[] IMAGES = new byte[BATCH * Architecture.PIXELS];

    static {
        new SplittableRandom(SEED).nextBytes(IMAGES);
    }

    @Test
    void aVaeStepHasTheSameLossAndGradients() throws RejectedBatchException {
        LibtorchVaeStep peer = new LibtorchVaeStep(configuration(ModelKind.VAE));
        try (StreamModel ours = new Vae(Architecture.SEED.vae(), Architecture.PIXELS, SEED, new Team(1))) {
            peer.encoder.setParameters(ours.state().tensors().get("encoder.values"));
            peer.decoder.setParameters(ours.state().tensors().get("decoder.values"));

            Tensor nelbo = peer.learn(images(), noise(Noise.Use.REPARAMETERIZATION, 32));
            Map<String, Double> terms = ours.learn(IMAGES, BATCH).byName();

            assertThat(terms.get("nelbo")).isCloseTo(nelbo.item_float(), within(1e-3));
            double beta1 = Architecture.SEED.vae().adam().beta1();
            assertAgrees(gradient(ours, "encoder", beta1), peer.encoder.gradient());
            assertAgrees(gradient(ours, "decoder", beta1), peer.decoder.gradient());
        }
    }

    @Test
    void aGanStepHasTheSameLossAndGradients() throws RejectedBatchException {
        GanConfig config = Architecture.SEED.gan().with("r1-gamma", 0);
        LibtorchGanStep peer = new LibtorchGanStep(configuration(ModelKind.GAN));
        try (StreamModel ours = new Gan(config, Architecture.PIXELS, SEED, new Team(1))) {
            Tensor loss = learnWithTheSameWeights(peer, ours);
            Map<String, Double> terms = ours.learn(IMAGES, BATCH).byName();

            assertThat(terms.get("discriminator")).isCloseTo(loss.item_float(), within(1e-4));
            double beta1 = config.discriminatorAdam().beta1();
            assertAgrees(gradient(ours, "discriminator", beta1), peer.discriminator.gradient());
            assertAgrees(gradient(ours, "generator", beta1), peer.generator.gradient());
        }
    }

    /** Not the gradients: where a step of ε crosses a rectifier's kink a difference quotient sees it, double backward does not. */
    @Test
    void aPenalisedGanStepHasTheSameLoss() throws RejectedBatchException {
        GanConfig config = Architecture.SEED.gan();
        LibtorchGanStep peer = new LibtorchGanStep(configuration(ModelKind.GAN_R1));
        try (StreamModel ours = new Gan(config, Architecture.PIXELS, SEED, new Team(1))) {
            Tensor loss = learnWithTheSameWeights(peer, ours);
            Map<String, Double> terms = ours.learn(IMAGES, BATCH).byName();

            assertThat(terms.get("r1")).isGreaterThan(1e-4);
            double penalised = terms.get("discriminator") + config.r1Interval() * terms.get("r1");
            assertThat(penalised).isCloseTo(loss.item_float(), within(1e-5));
        }
    }

    private static Tensor learnWithTheSameWeights(LibtorchGanStep peer, StreamModel ours) {
        peer.generator.setParameters(ours.state().tensors().get("generator.values"));
        peer.discriminator.setParameters(ours.state().tensors().get("discriminator.values"));
        return peer.learn(
                images(), noise(Noise.Use.LATENT, Architecture.SEED.gan().latent()));
    }

    private static Configuration configuration(ModelKind model) {
        return new Configuration(model, Architecture.SEED, 1, BATCH);
    }

    private static Tensor images() {
        float[] values = new float[IMAGES.length];
        RandomImages.toFloats(IMAGES, values);
        return tensor(values, Architecture.PIXELS);
    }

    private static Tensor noise(Noise.Use use, int width) {
        float[] values = new float[BATCH * width];
        new Noise(SEED, use, 0).fillNormal(values, 0, values.length, 0);
        return tensor(values, width);
    }

    private static Tensor tensor(float[] values, int width) {
        return torch.from_blob(new FloatPointer(values), BATCH, width).clone();
    }

    /** After one step from zero moments the first moment is (1 − β₁) times the gradient. */
    private static float[] gradient(StreamModel model, String network, double beta1) {
        float[] moment = model.state().tensors().get(network + ".firstMoment");
        for (int i = 0; i < moment.length; i++) {
            moment[i] /= (float) (1 - beta1);
        }
        return moment;
    }

    private static void assertAgrees(float[] ours, float[] theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        double difference = 0;
        double size = 0;
        for (int i = 0; i < ours.length; i++) {
            difference += Math.pow(ours[i] - theirs[i], 2);
            size += Math.pow(theirs[i], 2);
        }
        assertThat(Math.sqrt(difference / size)).isLessThan(1e-3);
    }
}
