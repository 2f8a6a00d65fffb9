package sparsestream.sampler.gallery;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import sparsestream.contract.DType;
import sparsestream.contract.GreyPng;
import sparsestream.contract.LayerNames;
import sparsestream.contract.Tensor;

/**
 * Which weights of a layer are exactly zero.
 *
 * @param name such as {@code encoder.0}
 * @param kept bit {@code output · inputs + input} is set where the weight is not zero; not copied
 */
record LayerZeros(String name, int outputs, int inputs, BitSet kept) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,40}\\.[0-9]{1,3}");
    /** More than any model here has; somebody else's checkpoint may have any number. */
    private static final int MAX_LAYERS = 32;
    /** Larger sides are shrunk to this at most: a page has no more room. */
    private static final int MAX_SIDE = 1024;

    private static final float WHITE = 255f;

    /** Of each matrix of weights among the tensors, in their order. */
    static List<LayerZeros> of(Map<String, Tensor> tensors) {
        List<LayerZeros> layers = new ArrayList<>();
        tensors.forEach((name, tensor) -> {
            Optional<String> layer = LayerNames.ofWeight(name).filter(NAME.asMatchPredicate());
            if (layer.isPresent() && tensor.dtype() == DType.F32 && isMatrix(tensor) && layers.size() < MAX_LAYERS) {
                int[] shape = tensor.shape();
                layers.add(new LayerZeros(layer.get(), shape[0], shape[1], notZero(tensor.floats())));
            }
        });
        return List.copyOf(layers);
    }

    private static boolean isMatrix(Tensor tensor) {
        int[] shape = tensor.shape();
        return shape.length == 2 && shape[0] > 0 && shape[1] > 0;
    }

    private static BitSet notZero(float[] weights) {
        BitSet kept = new BitSet(weights.length);
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] != 0) {
                kept.set(i);
            }
        }
        return kept;
    }

    double zeroRatio() {
        return 1 - kept.cardinality() / ((double) outputs * inputs);
    }

    /** Inputs none of whose weights is left: the layer does not see them. */
    int deadInputs() {
        int dead = 0;
        for (float share : keptOfInputs()) {
            dead += share == 0 ? 1 : 0;
        }
        return dead;
    }

    /** All weights, a row an output: white where they are kept, black where they are zero, grey where many share a pixel. */
    byte[] matrix() {
        int rowsPerPixel = (outputs + MAX_SIDE - 1) / MAX_SIDE;
        int columnsPerPixel = (inputs + MAX_SIDE - 1) / MAX_SIDE;
        int height = (outputs + rowsPerPixel - 1) / rowsPerPixel;
        int width = (inputs + columnsPerPixel - 1) / columnsPerPixel;
        byte[] pixels = new byte[height * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                pixels[y * width + x] =
                        grey(share(y * rowsPerPixel, rowsPerPixel, x * columnsPerPixel, columnsPerPixel));
            }
        }
        return GreyPng.encode(pixels, width, height);
    }

    /** What is kept in a block of weights that may reach over the edge. */
    private float share(int top, int rows, int left, int columns) {
        int bottom = Math.min(outputs, top + rows);
        int right = Math.min(inputs, left + columns);
        int count = 0;
        for (int out = top; out < bottom; out++) {
            for (int in = left; in < right; in++) {
                count += kept.get(out * inputs + in) ? 1 : 0;
            }
        }
        return count / (float) ((bottom - top) * (right - left));
    }

    /** Whether the layer sees, or draws, images of this size. */
    boolean hasPixels(int height, int width) {
        return inputs == height * width || outputs == height * width;
    }

    /**
     * The images that the layer sees or draws: each pixel as bright as the share of its weights that are kept.
     *
     * @throws IllegalArgumentException if neither its inputs nor its outputs are images of this size
     */
    byte[] pixels(int height, int width) {
        if (!hasPixels(height, width)) {
            throw new IllegalArgumentException(
                    name + " takes " + inputs + " and gives " + outputs + " values, not pixels");
        }
        float[] shares = inputs == height * width ? keptOfInputs() : keptOfOutputs();
        byte[] pixels = new byte[shares.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = grey(shares[i]);
        }
        return GreyPng.encode(pixels, width, height);
    }

    private float[] keptOfInputs() {
        float[] shares = new float[inputs];
        kept.stream().forEach(bit -> shares[bit % inputs] += 1f / outputs);
        return shares;
    }

    private float[] keptOfOutputs() {
        float[] shares = new float[outputs];
        kept.stream().forEach(bit -> shares[bit / inputs] += 1f / inputs);
        return shares;
    }

    /** Black for nothing and for nothing alone. */
    private static byte grey(float share) {
        return (byte) (share == 0 ? 0 : Math.max(1, Math.round(Math.min(1, share) * WHITE)));
    }
}
