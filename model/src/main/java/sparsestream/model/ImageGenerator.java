package sparsestream.model;

import java.util.Arrays;

/**
 * Makes images from a trained decoder or generator: latent noise → dense layers → sigmoid.
 *
 * <p>An image is a pure function of (network, seed, index) with the same bits on every machine and in every batch: sums run in
 * the order of the inputs in plain Java arithmetic, which is defined to the bit, and no BLAS takes part. That is what lets
 * anyone make a published image again. Weights that L1 made zero cost nothing where that is faster ({@link GeneratorLayer}).
 */
public final class ImageGenerator {
    private final int latent;
    private final int pixels;
    private final GeneratorLayer[] layers;

    /** @param network decoder of a VAE or generator of a GAN */
    public ImageGenerator(Network network) {
        latent = network.inputs();
        pixels = network.outputs();
        layers = prepare(network);
    }

    /** From the last layer to the first, so that each knows which of its outputs anything depends on. */
    private static GeneratorLayer[] prepare(Network network) {
        GeneratorLayer[] prepared = new GeneratorLayer[network.layers().size()];
        boolean[] read = new boolean[network.outputs()];
        Arrays.fill(read, true);
        for (int i = prepared.length - 1; i >= 0; i--) {
            Network.Layer layer = network.layers().get(i);
            prepared[i] = GeneratorLayer.of(layer, read);
            read = prepared[i].inputsRead(layer.inputs());
        }
        return prepared;
    }

    /** Dimensions of the latent space. */
    public int latent() {
        return latent;
    }

    /** Pixels of an image. */
    public int pixels() {
        return pixels;
    }

    /** The latent vector of image {@code index} of {@code seed}: standard normal, [latent]. */
    public float[] latentVector(long seed, long index) {
        float[] z = new float[latent];
        new Noise(seed, Noise.Use.SAMPLE, index).fillNormal(z, 0, latent, 0);
        return z;
    }

    /** Image {@code index} of {@code seed}, [pixels] U8. */
    public byte[] image(long seed, long index) {
        return image(latentVector(seed, index));
    }

    /**
     * The image of a latent vector, [pixels] U8, grey levels rounded to the nearest.
     *
     * @param z [latent]
     * @throws IllegalArgumentException if {@code z} has another length or an element that is not finite
     */
    public byte[] image(float[] z) {
        float[] intensities = intensities(z);
        byte[] image = new byte[pixels];
        for (int i = 0; i < pixels; i++) {
            image[i] = (byte) (int) (255f * intensities[i] + 0.5f);
        }
        return image;
    }

    /** The image of a latent vector before rounding, [pixels] in [0, 1]. */
    public float[] intensities(float[] z) {
        if (z.length != latent) {
            throw new IllegalArgumentException("a latent vector has " + latent + " elements, got " + z.length);
        }
        float[] x = Arrays.copyOf(z, latent);
        for (float element : x) {
            if (!Float.isFinite(element)) {
                throw new IllegalArgumentException("a latent vector must be finite, got " + element);
            }
        }
        for (int i = 0; i < layers.length; i++) {
            x = layers[i].apply(x);
            if (i + 1 < layers.length) {
                Kernels.leakyRelu(x, 0, x.length);
            }
        }
        Kernels.sigmoid(x, x, 0, x.length);
        return x;
    }
}
