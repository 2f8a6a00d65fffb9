package sparsestream.model.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sparsestream.model.Dl4jPass;
import sparsestream.model.DrawnBlobs;
import sparsestream.model.ReferenceElbo;
import sparsestream.model.ReferenceMlp;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.Vectors;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.Noise;
import sparsestream.model.layers.Noise.Use;
import sparsestream.model.layers.Parameters;
import sparsestream.model.layers.Team;

/** What one call of {@link Vae#learn} leaves in the gradients, against DL4J and against finite differences in double. */
class VaeGradientTest {
    private static final long SEED = 11;

    private Vae vae;
    private float[] encoderBefore;
    private float[] decoderBefore;
    private byte[] images;
    private Map<String, Double> losses;
    private int count;
    private int latent;

    @AfterEach
    void close() {
        vae.close();
    }

    private void learn(int pixels, int latent, String widths, int count, int threads) throws RejectedBatchException {
        learn(pixels, latent, widths, count, threads, 0, 0);
    }

    private void learn(
            int pixels, int latent, String widths, int count, int threads, double latentL1, double reconstructionL1)
            throws RejectedBatchException {
        List<Integer> hidden =
                Arrays.stream(widths.split(",")).map(Integer::valueOf).toList();
        this.count = count;
        this.latent = latent;
        vae = new Vae(
                new VaeConfig(hidden, latent, AdamConfig.of(1e-3), L1.NONE, L1.NONE)
                        .with("l1-latent", latentL1)
                        .with("l1-reconstruction", reconstructionL1),
                pixels,
                SEED,
                new Team(threads));
        perturbBiases(vae.encoderParameters);
        perturbBiases(vae.decoderParameters);
        encoderBefore = vae.encoderParameters.values.values.clone();
        decoderBefore = vae.decoderParameters.values.values.clone();
        images = DrawnBlobs.noise(count, pixels, 5);
        losses = vae.learn(images, count).byName();
        vae.encoderParameters.gradient.pull(0, vae.encoderParameters.count);
        vae.decoderParameters.gradient.pull(0, vae.decoderParameters.count);
    }

    private static void perturbBiases(Parameters parameters) {
        Random random = new Random(parameters.count);
        float[] values = parameters.values.values.clone();
        for (Parameters.Layer layer : parameters.layers) {
            for (int i = layer.biases(); i < layer.end(); i++) {
                values[i] = 0.3f * (float) random.nextGaussian();
            }
        }
        parameters.set(values);
    }

    private float[] noise() {
        float[] noise = new float[count * latent];
        new Noise(SEED, Use.REPARAMETERIZATION, 0).fillNormal(noise, 0, noise.length, 0);
        return noise;
    }

    private float[] pixels() {
        float[] pixels = new float[images.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (images[i] & 0xff) / 255f;
        }
        return pixels;
    }

    @ParameterizedTest
    @CsvSource({
        "784, 32, '128,256', 128, 1",
        "784, 20, '64,48', 37, 2",
        "101, 7, '33,21,17', 65, 3",
        "16, 1, '3', 1, 1",
        "49, 5, '10,10,10', 200, 2"
    })
    void gradientsAgreeWithDl4j(int pixels, int latent, String widths, int count, int threads) throws Exception {
        learn(pixels, latent, widths, count, threads);
        vae.encoderParameters.set(encoderBefore);
        vae.decoderParameters.set(decoderBefore);
        float[] x = pixels();
        float[] noise = noise();

        Dl4jPass encoder = new Dl4jPass(vae.encoderParameters.network(), x, count);
        float[] code = encoder.output();
        float[] z = new float[count * latent];
        for (int i = 0; i < z.length; i++) {
            z[i] = (float) (code[mean(i)] + Math.exp(0.5 * code[logVariance(i)]) * noise[i]);
        }
        Dl4jPass decoder = new Dl4jPass(vae.decoderParameters.network(), z, count);
        float[] logits = decoder.output();
        float[] logitDelta = new float[logits.length];
        for (int i = 0; i < logits.length; i++) {
            logitDelta[i] = (float) ((ReferenceMlp.sigmoid(logits[i]) - x[i]) / count);
        }
        decoder.backward(logitDelta);
        float[] dz = decoder.inputDelta();
        float[] codeDelta = new float[code.length];
        for (int i = 0; i < z.length; i++) {
            double deviation = Math.exp(0.5 * code[logVariance(i)]);
            codeDelta[mean(i)] = dz[i] + code[mean(i)] / count;
            codeDelta[logVariance(i)] =
                    (float) (0.5 * (dz[i] * noise[i] * deviation + (deviation * deviation - 1) / count));
        }
        encoder.backward(codeDelta);

        assertThat(Vectors.relativeError(vae.decoderParameters.gradient.values, decoder.gradient()))
                .isLessThan(1e-4);
        assertThat(Vectors.relativeError(vae.encoderParameters.gradient.values, encoder.gradient()))
                .isLessThan(1e-4);
    }

    private int mean(int i) {
        return i / latent * 2 * latent + i % latent;
    }

    private int logVariance(int i) {
        return mean(i) + latent;
    }

    @ParameterizedTest
    @CsvSource({"49, 5, '12,9', 6, 1", "64, 3, '20', 33, 2", "25, 8, '7,6,5', 3, 1"})
    void lossesAndGradientsAgreeWithFiniteDifferencesInDouble(
            int pixels, int latent, String widths, int count, int threads) throws Exception {
        learn(pixels, latent, widths, count, threads);
        ReferenceMlp encoder = new ReferenceMlp(vae.encoderParameters.layers, encoderBefore);
        ReferenceMlp decoder = new ReferenceMlp(vae.decoderParameters.layers, decoderBefore);
        float[] x = pixels();
        float[] noise = noise();
        ReferenceElbo reference = new ReferenceElbo(encoder, decoder, x, noise, count);

        assertThat(losses.get("nelbo")).isCloseTo(reference.negativeElbo(), within(1e-5 * reference.negativeElbo()));
        assertThat(losses.get("reconstruction") + losses.get("kl")).isCloseTo(losses.get("nelbo"), within(1e-9));
        assertThat(losses.get("kl")).isCloseTo(reference.klDivergence(), within(1e-5));
        compareSomeParameters(encoder, vae.encoderParameters.gradient.values, reference::negativeElbo);
        compareSomeParameters(decoder, vae.decoderParameters.gradient.values, reference::negativeElbo);
    }

    @ParameterizedTest
    @CsvSource({"0.7, 0", "0, 0.2", "0.3, 0.4"})
    void penaltiesOnActivationsEnterTheGradientAndNotTheLoss(double latentL1, double reconstructionL1)
            throws Exception {
        learn(49, 5, "12,9", 6, 1, latentL1, reconstructionL1);
        ReferenceMlp encoder = new ReferenceMlp(vae.encoderParameters.layers, encoderBefore);
        ReferenceMlp decoder = new ReferenceMlp(vae.decoderParameters.layers, decoderBefore);
        ReferenceElbo elbo = new ReferenceElbo(encoder, decoder, pixels(), noise(), count);

        assertThat(losses.get("nelbo")).isCloseTo(elbo.negativeElbo(), within(1e-5 * elbo.negativeElbo()));
        DoubleSupplier penalised =
                () -> elbo.negativeElbo() + activationPenalty(encoder, decoder, latentL1, reconstructionL1);
        compareSomeParameters(encoder, vae.encoderParameters.gradient.values, penalised);
        compareSomeParameters(decoder, vae.decoderParameters.gradient.values, penalised);
    }

    /** λ Σ|μ| + λ Σ|p|, mean over the batch. */
    private double activationPenalty(
            ReferenceMlp encoder, ReferenceMlp decoder, double latentL1, double reconstructionL1) {
        float[] noise = noise();
        double sum = 0;
        for (int row = 0; row < count; row++) {
            double[] code = encoder.forward(ReferenceMlp.doubles(pixels(), row * vae.pixels(), vae.pixels()));
            double[] z = new double[latent];
            for (int i = 0; i < latent; i++) {
                z[i] = code[i] + Math.exp(0.5 * code[latent + i]) * noise[row * latent + i];
                sum += latentL1 * Math.abs(code[i]);
            }
            sum += reconstructionL1
                    * Arrays.stream(decoder.forward(z))
                            .map(ReferenceMlp::sigmoid)
                            .sum();
        }
        return sum / count;
    }

    private static void compareSomeParameters(ReferenceMlp network, float[] gradient, DoubleSupplier loss) {
        int[] chosen =
                new Random(3).ints(150, 0, network.parameters.length).distinct().toArray();
        float[] ours = new float[chosen.length];
        double[] differences = new double[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            ours[i] = gradient[chosen[i]];
            differences[i] = network.difference(chosen[i], loss);
        }
        assertThat(Vectors.relativeError(ours, differences)).isLessThan(1e-4);
    }
}
