package sparsestream.model;

import sparsestream.model.layers.Kernels;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Noise;
import sparsestream.model.layers.PrunedNetwork;

/**
 * Makes images from a trained decoder or generator: latent noise → dense layers → sigmoid.
 *
 * <p>An image is a pure function of (network, seed, index) with the same bits on every machine and in every batch: sums run in
 * the order of the inputs in plain Java arithmetic, which is defined to the bit, and no BLAS takes part. That is what lets
 * anyone make a published image again. What L1 has removed is left out where that is faster ({@link PrunedNetwork}, {@link GeneratorLayer}).
 */
public final class ImageGenerator {
    /** Below it two latent vectors count as parallel. */
    private static final double MIN_SINE = 1e-6;

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

    /**
     * The latent vector on the great arc from image 0 of one seed to image 0 of another, [latent].
     *
     * @param position 0 at the first seed, 1 at the second
     */
    public float[] between(long fromSeed, long toSeed, double position) {
        return between(latentVector(fromSeed, 0), latentVector(toSeed, 0), position);
    }

    /**
     * Spherical interpolation (Shoemake, 1985): on the way from one latent vector to another it keeps the length that a normal
     * vector of so many dimensions has, where the straight line would pass near the origin, which no model has seen much of.
     * Vectors of one direction, or of opposite ones, are joined by the straight line. The same bits on every machine.
     *
     * @param from [latent]
     * @param to [latent]
     * @param position 0 at {@code from}, 1 at {@code to}
     */
    public static float[] between(float[] from, float[] to, double position) {
        if (from.length != to.length) {
            throw new IllegalArgumentException("latent vectors of " + from.length + " and " + to.length + " elements");
        }
        double lengths = Math.sqrt(dot(from, from) * dot(to, to));
        double angle = StrictMath.acos(Math.max(-1, Math.min(1, dot(from, to) / lengths)));
        double sine = StrictMath.sin(angle);
        boolean straight = !(sine > MIN_SINE);
        double fromShare = straight ? 1 - position : StrictMath.sin((1 - position) * angle) / sine;
        double toShare = straight ? position : StrictMath.sin(position * angle) / sine;
        float[] between = new float[from.length];
        for (int i = 0; i < between.length; i++) {
            between[i] = (float) (fromShare * from[i] + toShare * to[i]);
        }
        return between;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
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
        return images(new float[][] {z})[0];
    }

    /**
     * The images of several latent vectors, [images][pixels] U8: the same as one by one, and sooner.
     *
     * @param zs [images][latent]
     * @throws IllegalArgumentException if one of {@code zs} has another length or an element that is not finite
     */
    public byte[][] images(float[][] zs) {
        float[][] intensities = intensities(zs);
        byte[][] images = new byte[zs.length][pixels];
        for (int i = 0; i < images.length; i++) {
            for (int pixel = 0; pixel < pixels; pixel++) {
                images[i][pixel] = (byte) (int) (255f * intensities[i][pixel] + 0.5f);
            }
        }
        return images;
    }

    /** The image of a latent vector before rounding, [pixels] in [0, 1]. */
    public float[] intensities(float[] z) {
        return intensities(new float[][] {z})[0];
    }

    private float[][] intensities(float[][] zs) {
        float[][] xs = new float[zs.length][pruned.inputs().length];
        for (int i = 0; i < zs.length; i++) {
            requireLatent(zs[i]);
            pruned.gatherInputs(zs[i], latent, xs[i], 1);
        }
        for (int layer = 0; layer < layers.length; layer++) {
            xs = layers[layer].apply(xs);
            if (layer + 1 < layers.length) {
                for (float[] x : xs) {
                    Kernels.leakyRelu(x, 0, x.length);
                }
            }
        }
        float[][] intensities = new float[zs.length][pixels];
        for (int i = 0; i < zs.length; i++) {
            pruned.scatterOutputs(xs[i], intensities[i], 1);
            Kernels.sigmoid(intensities[i], intensities[i], 0, pixels);
        }
        return intensities;
    }

    private void requireLatent(float[] z) {
        if (z.length != latent) {
            throw new IllegalArgumentException("a latent vector has " + latent + " elements, got " + z.length);
        }
        for (float element : z) {
            if (!Float.isFinite(element)) {
                throw new IllegalArgumentException("a latent vector must be finite, got " + element);
            }
        }
    }
}
