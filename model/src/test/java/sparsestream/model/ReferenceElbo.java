package sparsestream.model;

import java.util.Arrays;

/** −ELBO in plain double arithmetic: Kingma and Welling (2014), equation 10, with one sample of the noise. */
public final class ReferenceElbo {
    private final ReferenceMlp encoder;
    private final ReferenceMlp decoder;
    private final float[] pixels;
    private final float[] noise;
    private final int count;

    /**
     * @param pixels [count, inputs of the encoder]
     * @param noise [count, latent]
     */
    public ReferenceElbo(ReferenceMlp encoder, ReferenceMlp decoder, float[] pixels, float[] noise, int count) {
        this.encoder = encoder;
        this.decoder = decoder;
        this.pixels = pixels;
        this.noise = noise;
        this.count = count;
    }

    /** Mean over the images. */
    public double negativeElbo() {
        double sum = 0;
        int size = pixels.length / count;
        int latent = noise.length / count;
        for (int row = 0; row < count; row++) {
            double[] x = ReferenceMlp.doubles(pixels, row * size, size);
            double[] code = encoder.forward(x);
            double[] z = new double[latent];
            for (int i = 0; i < latent; i++) {
                z[i] = code[i] + Math.exp(0.5 * code[latent + i]) * noise[row * latent + i];
            }
            double[] logits = decoder.forward(z);
            for (int i = 0; i < size; i++) {
                double p = ReferenceMlp.sigmoid(logits[i]);
                sum -= x[i] * Math.log(p) + (1 - x[i]) * Math.log(1 - p);
            }
            sum += divergence(code);
        }
        return sum / count;
    }

    /** Mean over the images. */
    public double klDivergence() {
        int size = pixels.length / count;
        double sum = 0;
        for (int row = 0; row < count; row++) {
            sum += divergence(encoder.forward(ReferenceMlp.doubles(pixels, row * size, size)));
        }
        return sum / count;
    }

    private static double divergence(double[] code) {
        int latent = code.length / 2;
        double[] mean = Arrays.copyOf(code, latent);
        double[] logVariance = Arrays.copyOfRange(code, latent, 2 * latent);
        double sum = 0;
        for (int i = 0; i < latent; i++) {
            sum -= 0.5 * (1 + logVariance[i] - mean[i] * mean[i] - Math.exp(logVariance[i]));
        }
        return sum;
    }
}
