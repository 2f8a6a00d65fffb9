package sparsestream.model.gan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.model.Dl4jPass;
import sparsestream.model.DrawnBlobs;
import sparsestream.model.ReferenceMlp;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.Vectors;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.Noise;
import sparsestream.model.layers.Noise.Use;
import sparsestream.model.layers.Parameters;
import sparsestream.model.layers.Team;

/** What one call of {@link Gan#learn} leaves in the gradients, against DL4J and against finite differences in double. */
class GanGradientTest {
    private static final long SEED = 21;

    private Gan gan;
    private float[] generatorBefore;
    private float[] discriminatorBefore;
    private float[] discriminatorAfter;
    private float[] reals;
    private float[] latents;
    private Map<String, Double> losses;
    private int count;
    private int pixels;

    @AfterEach
    void close() {
        gan.close();
    }

    private void learn(int pixels, int latent, String widths, int count, int threads, double gamma, long imageSeed)
            throws RejectedBatchException {
        learn(pixels, latent, widths, count, threads, gamma, imageSeed, 0);
    }

    private void learn(
            int pixels,
            int latent,
            String widths,
            int count,
            int threads,
            double gamma,
            long imageSeed,
            double outputL1)
            throws RejectedBatchException {
        List<Integer> hidden =
                Arrays.stream(widths.split(",")).map(Integer::valueOf).toList();
        AdamConfig adam = AdamConfig.of(1e-2).withBeta1(0.5);
        this.count = count;
        this.pixels = pixels;
        gan = new Gan(
                new GanConfig(latent, hidden, hidden, adam, adam, L1.NONE, L1.NONE, gamma, 2, 0.999)
                        .with("l1-output", outputL1),
                pixels,
                SEED,
                new Team(threads));
        scale(gan.discriminatorParameters);
        scale(gan.generatorParameters);
        generatorBefore = gan.generatorParameters.values.values.clone();
        discriminatorBefore = gan.discriminatorParameters.values.values.clone();
        byte[] images = DrawnBlobs.noise(count, pixels, imageSeed);
        losses = gan.learn(images, count).byName();
        discriminatorAfter = gan.discriminatorParameters.values.values.clone();
        gan.generatorParameters.gradient.pull(0, gan.generatorParameters.count);
        gan.discriminatorParameters.gradient.pull(0, gan.discriminatorParameters.count);
        reals = new float[images.length];
        for (int i = 0; i < reals.length; i++) {
            reals[i] = (images[i] & 0xff) / 255f;
        }
        latents = new float[count * latent];
        new Noise(SEED, Use.LATENT, 0).fillNormal(latents, 0, latents.length, 0);
    }

    /** Smaller weights than the initial ones, so that few units change sides in a step of ε, and biases that are not zero. */
    private static void scale(Parameters parameters) {
        Random random = new Random(parameters.count);
        float[] values = parameters.values.values.clone();
        for (Parameters.Layer layer : parameters.layers) {
            for (int i = layer.weights(); i < layer.biases(); i++) {
                values[i] *= 0.8f;
            }
            for (int i = layer.biases(); i < layer.end(); i++) {
                values[i] = 0.3f * (float) random.nextGaussian();
            }
        }
        parameters.set(values);
    }

    @ParameterizedTest
    @CsvSource({
        "784, 100, '128,256', 128, 1, 0",
        "784, 100, '128,256', 128, 2, 0.3",
        "101, 7, '33,21,17', 65, 3, 0.3",
        "16, 2, '5', 1, 1, 10",
        "49, 5, '10,12', 100, 2, 0"
    })
    void gradientsAgreeWithDl4j(int pixels, int latent, String widths, int count, int threads, double gamma)
            throws Exception {
        learn(pixels, latent, widths, count, threads, gamma, 5);
        gan.generatorParameters.set(generatorBefore);
        gan.discriminatorParameters.set(discriminatorBefore);

        Dl4jPass generator = new Dl4jPass(gan.generatorParameters.network(), latents, count);
        float[] fakes = generator.output();
        for (int i = 0; i < fakes.length; i++) {
            fakes[i] = (float) ReferenceMlp.sigmoid(fakes[i]);
        }
        float[] gradient = add(dl4jAdversarial(fakes, 0), dl4jAdversarial(reals, 1));
        if (gamma > 0) {
            gradient = add(gradient, dl4jPenalty(gamma));
        }
        assertThat(Vectors.relativeError(gan.discriminatorParameters.gradient.values, gradient))
                .isLessThan(1e-4);

        gan.discriminatorParameters.set(discriminatorAfter);
        Dl4jPass judge = new Dl4jPass(gan.discriminatorParameters.network(), fakes, count);
        float[] imageDelta =
                judge.backward(crossEntropyDelta(judge.output(), 1)).inputDelta();
        for (int i = 0; i < imageDelta.length; i++) {
            imageDelta[i] *= fakes[i] * (1 - fakes[i]);
        }
        assertThat(Vectors.relativeError(
                        gan.generatorParameters.gradient.values,
                        generator.backward(imageDelta).gradient()))
                .isLessThan(1e-4);
    }

    private float[] dl4jAdversarial(float[] images, int target) {
        Dl4jPass pass = new Dl4jPass(gan.discriminatorParameters.network(), images, count);
        return pass.backward(crossEntropyDelta(pass.output(), target)).gradient();
    }

    private float[] crossEntropyDelta(float[] logits, int target) {
        float[] delta = new float[count];
        for (int row = 0; row < count; row++) {
            delta[row] = (float) ((ReferenceMlp.sigmoid(logits[row]) - target) / count);
        }
        return delta;
    }

    /** γ times the interval of 2, by the difference of two first-order passes at x ± εg. */
    private float[] dl4jPenalty(double gamma) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1f);
        float[] g = new Dl4jPass(gan.discriminatorParameters.network(), reals, count)
                .backward(ones)
                .inputDelta();
        float[] sum = new float[gan.discriminatorParameters.count];
        for (int sign = 1; sign >= -1; sign -= 2) {
            float[] moved = reals.clone();
            for (int i = 0; i < moved.length; i++) {
                moved[i] += sign * 0.01f * g[i];
            }
            float[] delta = new float[count];
            Arrays.fill(delta, (float) (sign * 2 * gamma / (0.02 * count)));
            sum = add(
                    sum,
                    new Dl4jPass(gan.discriminatorParameters.network(), moved, count)
                            .backward(delta)
                            .gradient());
        }
        return sum;
    }

    private static float[] add(float[] a, float[] b) {
        float[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"49, 5, '12,9', 6, 1", "64, 3, '20', 33, 2", "25, 8, '7,6,5', 3, 1"})
    void withoutPenaltyGradientsAgreeWithFiniteDifferencesInDouble(
            int pixels, int latent, String widths, int count, int threads) throws Exception {
        learn(pixels, latent, widths, count, threads, 0, 5);
        ReferenceMlp discriminator = new ReferenceMlp(gan.discriminatorParameters.layers, discriminatorBefore);
        ReferenceMlp generator = new ReferenceMlp(gan.generatorParameters.layers, generatorBefore);
        DoubleSupplier loss = () -> discriminatorLoss(generator, discriminator);
        assertThat(losses.get("discriminator")).isCloseTo(loss.getAsDouble(), within(1e-5));
        assertThat(losses).doesNotContainKey("r1");
        compareAllParameters(discriminator, gan.discriminatorParameters.gradient.values, loss, 1e-4);

        ReferenceMlp updated = new ReferenceMlp(gan.discriminatorParameters.layers, discriminatorAfter);
        DoubleSupplier generatorLoss = () -> generatorLoss(generator, updated);
        assertThat(losses.get("generator")).isCloseTo(generatorLoss.getAsDouble(), within(1e-5));
        compareAllParameters(generator, gan.generatorParameters.gradient.values, generatorLoss, 1e-4);
    }

    @Test
    void thePenaltyOnGeneratedPixelsEntersTheGeneratorsGradient() throws Exception {
        double outputL1 = 0.05;
        learn(49, 5, "12,9", 6, 1, 0, 5, outputL1);
        ReferenceMlp generator = new ReferenceMlp(gan.generatorParameters.layers, generatorBefore);
        ReferenceMlp updated = new ReferenceMlp(gan.discriminatorParameters.layers, discriminatorAfter);
        DoubleSupplier loss = () -> {
            double pixelSum = 0;
            for (int row = 0; row < count; row++) {
                pixelSum += Arrays.stream(fake(generator, row)).sum();
            }
            return generatorLoss(generator, updated) + outputL1 * pixelSum / count;
        };
        assertThat(losses.get("generator")).isCloseTo(generatorLoss(generator, updated), within(1e-5));
        compareAllParameters(generator, gan.generatorParameters.gradient.values, loss, 1e-4);
    }

    /**
     * The engine's penalty is a difference at x ± 0.01 g, exact as long as no unit of the rectifier changes sides between the
     * two; these batches are such, which is checked. What remains is the rounding of x ± 0.01 g in float, about 10⁻⁷ against a
     * step of about 10⁻³: hence the tolerance of 10⁻³.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void thePenaltysGradientIsTheTrueDerivativeOfTheSquaredNorm(long imageSeed) throws Exception {
        double gamma = 3;
        learn(25, 4, "9,7", 4, 1, gamma, imageSeed);
        ReferenceMlp discriminator = new ReferenceMlp(gan.discriminatorParameters.layers, discriminatorBefore);
        ReferenceMlp generator = new ReferenceMlp(gan.generatorParameters.layers, generatorBefore);
        assertThat(penaltyMeetsNoKink(discriminator)).isTrue();

        assertThat(losses.get("r1")).isCloseTo(0.5 * gamma * meanSquaredNorm(discriminator), within(1e-5));
        assertThat(losses.get("discriminator")).isCloseTo(discriminatorLoss(generator, discriminator), within(1e-5));
        // The penalty applies every second step, so it counts twice.
        DoubleSupplier loss =
                () -> discriminatorLoss(generator, discriminator) + 2 * 0.5 * gamma * meanSquaredNorm(discriminator);
        compareAllParameters(discriminator, gan.discriminatorParameters.gradient.values, loss, 1e-3);
    }

    private double discriminatorLoss(ReferenceMlp generator, ReferenceMlp discriminator) {
        double sum = 0;
        for (int row = 0; row < count; row++) {
            sum += ReferenceMlp.softplus(discriminator.forward(fake(generator, row))[0]);
            sum += ReferenceMlp.softplus(-discriminator.forward(real(row))[0]);
        }
        return sum / count;
    }

    private double generatorLoss(ReferenceMlp generator, ReferenceMlp discriminator) {
        double sum = 0;
        for (int row = 0; row < count; row++) {
            sum += ReferenceMlp.softplus(-discriminator.forward(fake(generator, row))[0]);
        }
        return sum / count;
    }

    private double meanSquaredNorm(ReferenceMlp discriminator) {
        double sum = 0;
        for (int row = 0; row < count; row++) {
            sum += Arrays.stream(discriminator.inputGradient(real(row)))
                    .map(g -> g * g)
                    .sum();
        }
        return sum / count;
    }

    private boolean penaltyMeetsNoKink(ReferenceMlp discriminator) {
        for (int row = 0; row < count; row++) {
            double[] x = real(row);
            double[] g = discriminator.inputGradient(x);
            for (double sign : new double[] {-0.01, 0.01}) {
                double[] moved = x.clone();
                for (int i = 0; i < x.length; i++) {
                    moved[i] += sign * g[i];
                }
                if (!discriminator.pattern(moved).equals(discriminator.pattern(x))) {
                    return false;
                }
            }
        }
        return true;
    }

    private double[] real(int row) {
        return ReferenceMlp.doubles(reals, row * pixels, pixels);
    }

    private double[] fake(ReferenceMlp generator, int row) {
        int latent = latents.length / count;
        double[] logits = generator.forward(ReferenceMlp.doubles(latents, row * latent, latent));
        return Arrays.stream(logits).map(ReferenceMlp::sigmoid).toArray();
    }

    private static void compareAllParameters(
            ReferenceMlp network, float[] gradient, DoubleSupplier loss, double tolerance) {
        double[] differences = new double[network.parameters.length];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = network.difference(i, loss);
        }
        assertThat(Vectors.relativeError(gradient, differences)).isLessThan(tolerance);
    }
}
