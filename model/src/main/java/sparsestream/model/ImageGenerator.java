package sparsestream.model;

/**
 * Makes images from a trained decoder or generator: latent noise → dense layers → sigmoid.
 *
 * <p>An image is a pure function of (network, seed, index) with the same bits on every machine and in every batch: sums run in
 * the order of the inputs in plain Java arithmetic, which is defined to the bit, and no BLAS takes part. That is what lets
 * anyone make a published image again. What L1 has removed is left out where that is faster ({@link PrunedNetwork}, {@link GeneratorLayer}).
 */
public final class ImageGenerator {
    private final int latent;
    private final int pixels;
    private final PrunedNetwork pruned;
    private final GeneratorLayer[] layers;

    /** @param network decoder of a VAE or generator of a GAN */
    public ImageGenerator(Network network) {
        latent = network.inputs();
        pixels = network.outputs();
        pruned = PrunedNetwork.of(network);
        layers = pruned.network().layers().stream().map(GeneratorLayer::of).toArray(GeneratorLayer[]::new);
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
        for (float element : z) {
            if (!Float.isFinite(element)) {
                throw new IllegalArgumentException("a latent vector must be finite, got " + element);
            }
        }
        float[] x = new float[pruned.inputs().length];
        pruned.gatherInputs(z, latent, x, 1);
        for (int i = 0; i < layers.length; i++) {
            x = layers[i].apply(x);
            if (i + 1 < layers.length) {
                Kernels.leakyRelu(x, 0, x.length);
            }
        }
        float[] intensities = new float[pixels];
        pruned.scatterOutputs(x, intensities, 1);
        Kernels.sigmoid(intensities, intensities, 0, pixels);
        return intensities;
    }
}
