package sparsestream.model;

import java.util.Arrays;

/**
 * Makes images from a trained decoder or generator: latent noise → dense layers → sigmoid.
 *
 * <p>An image is a pure function of (network, seed, index) with the same bits on every machine and in every batch: sums run in
 * the order of the inputs in plain Java arithmetic, which is defined to the bit, and no BLAS takes part. That is what lets
 * anyone make a published image again.
 */
public final class ImageGenerator {
    private final int latent;
    private final int pixels;
    private final Layer[] layers;

    /** A layer whose weights lie as rows [inputs][outputs], so that one input's contribution to all outputs is one loop. */
    private record Layer(float[][] columns, float[] biases) {
        static Layer of(Network.Layer layer) {
            float[][] columns = new float[layer.inputs()][layer.outputs()];
            for (int out = 0; out < layer.outputs(); out++) {
                for (int in = 0; in < layer.inputs(); in++) {
                    columns[in][out] = layer.weights()[out * layer.inputs() + in];
                }
            }
            return new Layer(columns, layer.biases().clone());
        }

        float[] apply(float[] x) {
            float[] y = biases.clone();
            int in = 0;
            for (; in + 3 < columns.length; in += 4) {
                addFour(y, x, in);
            }
            for (; in < columns.length; in++) {
                addOne(y, columns[in], x[in]);
            }
            return y;
        }

        /** Four inputs at once, added one after the other: the same sum, with a quarter of the loads and stores. */
        private void addFour(float[] y, float[] x, int in) {
            float[] w0 = columns[in];
            float[] w1 = columns[in + 1];
            float[] w2 = columns[in + 2];
            float[] w3 = columns[in + 3];
            float x0 = x[in];
            float x1 = x[in + 1];
            float x2 = x[in + 2];
            float x3 = x[in + 3];
            for (int i = 0; i < y.length; i++) {
                y[i] = y[i] + x0 * w0[i] + x1 * w1[i] + x2 * w2[i] + x3 * w3[i];
            }
        }

        private static void addOne(float[] y, float[] w, float x) {
            for (int i = 0; i < y.length; i++) {
                y[i] += x * w[i];
            }
        }
    }

    /** @param network decoder of a VAE or generator of a GAN */
    public ImageGenerator(Network network) {
        latent = network.inputs();
        pixels = network.outputs();
        layers = network.layers().stream().map(Layer::of).toArray(Layer[]::new);
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
