package sparsestream.model;

/**
 * −ELBO of a VAE on images that it does not learn, with the networks {@linkplain PrunedNetwork pruned}: what L1 has removed
 * costs nothing. Images are always taken in blocks of the same size, so that the bits don't depend on what was learned before.
 */
final class HeldOutBound implements AutoCloseable {
    private static final int ROWS = 128;

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

    HeldOutBound(Network encoderNetwork, Network decoderNetwork) {
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

    /** In nats an image, mean over {@code count} images of [count, pixels] U8. */
    double negativeElbo(byte[] images, int count, Noise epsilon) {
        double sum = 0;
        for (int first = 0; first < count; first += ROWS) {
            sum += sumOfBlock(images, first, Math.min(ROWS, count - first), epsilon);
        }
        return sum / count;
    }

    private double sumOfBlock(byte[] images, int first, int rows, Noise epsilon) {
        Images.toFloats(images, first * pixels, targets, 0, rows * pixels);
        prunedEncoder.gatherInputs(targets, pixels, encoder.input().values, rows);
        encoder.input().push(0, rows);
        encoder.forward(0, rows);
        prunedEncoder.scatterOutputs(encoder.output().values, codes, rows);

        epsilon.fillNormal(noise, 0, rows * latent, (long) first * latent);
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            sum += Vae.reparameterize(codes, z, noise, row, latent);
        }
        prunedDecoder.gatherInputs(z, latent, decoder.input().values, rows);
        decoder.input().push(0, rows);
        decoder.forward(0, rows);
        prunedDecoder.scatterOutputs(decoder.output().values, logits, rows);

        Kernels.sigmoid(logits, probabilities, 0, rows * pixels);
        return sum + Kernels.crossEntropy(logits, probabilities, targets, 0, rows * pixels);
    }

    @Override
    public void close() {
        encoder.close();
        decoder.close();
        encoderParameters.close();
        decoderParameters.close();
    }
}
