package sparsestream.model.vae;

import sparsestream.model.Elbo;
import sparsestream.model.LikelihoodBound;
import sparsestream.model.layers.DenseStack;
import sparsestream.model.layers.Images;
import sparsestream.model.layers.Kernels;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Noise;
import sparsestream.model.layers.Parameters;
import sparsestream.model.layers.PrunedNetwork;

/**
 * Bounds of a VAE on images that it has not learned, with the networks {@linkplain PrunedNetwork pruned}: what L1 has removed
 * costs nothing. Images are always taken in blocks of the same size, so that the bits don't depend on what was learned before.
 *
 * <p>Not thread-safe.
 */
public final class HeldOutBound implements LikelihoodBound {
    private static final int ROWS = 128;

    /** Variance of a dimension's mean, over images, above which it counts as active. */
    private static final double ACTIVE_VARIANCE = 1e-2;

    private final int pixels;
    private final int latent;
    private final PrunedNetwork prunedEncoder;
    private final PrunedNetwork prunedDecoder;
    private final Parameters encoderParameters;
    private final Parameters decoderParameters;
    private final DenseStack encoder;
    private final DenseStack decoder;
    private final float[] targets;
    private final float[] codes;
    private final float[] z;
    private final float[] noise;
    private final float[] logits;
    private final float[] probabilities;

    /**
     * @param encoderNetwork pixels to means and log-variances
     * @param decoderNetwork latent to logits of pixels
     * @throws IllegalArgumentException if the two do not belong together
     */
    public HeldOutBound(Network encoderNetwork, Network decoderNetwork) {
        if (encoderNetwork.outputs() != 2 * decoderNetwork.inputs()
                || encoderNetwork.inputs() != decoderNetwork.outputs()) {
            throw new IllegalArgumentException("an encoder of %s inputs and %s outputs and a decoder of %s and %s"
                    .formatted(
                            encoderNetwork.inputs(),
                            encoderNetwork.outputs(),
                            decoderNetwork.inputs(),
                            decoderNetwork.outputs()));
        }
        pixels = encoderNetwork.inputs();
        latent = decoderNetwork.inputs();
        prunedEncoder = PrunedNetwork.of(encoderNetwork);
        prunedDecoder = PrunedNetwork.of(decoderNetwork);
        encoderParameters = new Parameters(prunedEncoder.network());
        decoderParameters = new Parameters(prunedDecoder.network());
        encoder = new DenseStack(encoderParameters, ROWS);
        decoder = new DenseStack(decoderParameters, ROWS);
        targets = new float[ROWS * pixels];
        codes = new float[ROWS * 2 * latent];
        z = new float[ROWS * latent];
        noise = new float[ROWS * latent];
        logits = new float[ROWS * pixels];
        probabilities = new float[ROWS * pixels];
    }

    @Override
    public Elbo elbo(byte[] images, int count, long seed) {
        Images.check(images, count, pixels);
        Noise epsilon = new Noise(seed, Noise.Use.HELD_OUT, 0);
        double reconstruction = 0;
        double divergence = 0;
        double[] meanSums = new double[latent];
        double[] meanSquares = new double[latent];
        for (int first = 0; first < count; first += ROWS) {
            int rows = Math.min(ROWS, count - first);
            encode(images, first, rows);
            epsilon.fillNormal(noise, 0, rows * latent, (long) first * latent);
            for (int row = 0; row < rows; row++) {
                Posterior.reparameterize(codes, z, noise, row, latent);
                divergence += Posterior.klDivergence(codes, row, latent);
                addMeans(row, meanSums, meanSquares);
            }
            decode(rows);
            reconstruction += Kernels.crossEntropy(logits, probabilities, targets, 0, rows * pixels);
        }
        return new Elbo(reconstruction / count, divergence / count, activeUnits(meanSums, meanSquares, count));
    }

    @Override
    public double importanceWeighted(byte[] images, int count, int samples, long seed) {
        Images.check(images, count, pixels);
        if (samples < 1) {
            throw new IllegalArgumentException("the importance-weighted bound takes at least 1 sample, got " + samples);
        }
        Noise[] epsilons = new Noise[samples];
        for (int k = 0; k < samples; k++) {
            epsilons[k] = new Noise(seed, Noise.Use.HELD_OUT, 1L + k);
        }
        double sum = 0;
        double[][] logWeights = new double[ROWS][epsilons.length];
        for (int first = 0; first < count; first += ROWS) {
            int rows = Math.min(ROWS, count - first);
            encode(images, first, rows);
            for (int k = 0; k < epsilons.length; k++) {
                epsilons[k].fillNormal(noise, 0, rows * latent, (long) first * latent);
                for (int row = 0; row < rows; row++) {
                    Posterior.reparameterize(codes, z, noise, row, latent);
                }
                decode(rows);
                for (int row = 0; row < rows; row++) {
                    double cross =
                            Kernels.crossEntropy(logits, probabilities, targets, row * pixels, (row + 1) * pixels);
                    logWeights[row][k] = logPriorRatio(row) - cross;
                }
            }
            for (int row = 0; row < rows; row++) {
                sum -= logMeanExp(logWeights[row]);
            }
        }
        return sum / count;
    }

    /** log p(z) − log q(z|x) of one row: ½ Σ (ε² + log σ² − z²). */
    private double logPriorRatio(int row) {
        double sum = 0;
        for (int i = 0; i < latent; i++) {
            double epsilon = noise[row * latent + i];
            double deviate = z[row * latent + i];
            double logVariance = Posterior.clamp(codes[row * 2 * latent + latent + i]);
            sum += 0.5 * (epsilon * epsilon + logVariance - deviate * deviate);
        }
        return sum;
    }

    private static double logMeanExp(double[] values) {
        double max = java.util.Arrays.stream(values).max().orElseThrow();
        double sum = 0;
        for (double value : values) {
            sum += StrictMath.exp(value - max);
        }
        return max + StrictMath.log(sum / values.length);
    }

    private void encode(byte[] images, int first, int rows) {
        Images.toFloats(images, first * pixels, targets, 0, rows * pixels);
        prunedEncoder.gatherInputs(targets, pixels, encoder.input().values, rows);
        encoder.input().push(0, rows);
        // The whole block, whatever is in its last rows: in fewer rows some would be rounded otherwise.
        encoder.forward(0, ROWS);
        prunedEncoder.scatterOutputs(encoder.output().values, codes, rows);
    }

    private void decode(int rows) {
        prunedDecoder.gatherInputs(z, latent, decoder.input().values, rows);
        decoder.input().push(0, rows);
        decoder.forward(0, ROWS);
        prunedDecoder.scatterOutputs(decoder.output().values, logits, rows);
        Kernels.sigmoid(logits, probabilities, 0, rows * pixels);
    }

    private void addMeans(int row, double[] sums, double[] squares) {
        for (int i = 0; i < latent; i++) {
            double mean = codes[row * 2 * latent + i];
            sums[i] += mean;
            squares[i] += mean * mean;
        }
    }

    private static int activeUnits(double[] sums, double[] squares, int count) {
        int active = 0;
        for (int i = 0; i < sums.length; i++) {
            double mean = sums[i] / count;
            if (squares[i] / count - mean * mean > ACTIVE_VARIANCE) {
                active++;
            }
        }
        return active;
    }

    @Override
    public void close() {
        encoder.close();
        decoder.close();
        encoderParameters.close();
        decoderParameters.close();
    }
}
