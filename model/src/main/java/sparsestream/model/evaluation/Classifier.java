package sparsestream.model.evaluation;

import sparsestream.model.layers.DenseStack;
import sparsestream.model.layers.Images;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Parameters;

/**
 * A multilayer perceptron that tells classes of images apart. What its last hidden layer makes of an image are the image's
 * <em>features</em>: a space in which images that look alike are near each other.
 *
 * <p>Not thread-safe.
 */
public final class Classifier implements AutoCloseable {
    private final Parameters parameters;
    private final DenseStack stack;
    private final int hiddenLayers;

    /** @throws IllegalArgumentException if the network has no hidden layer */
    public Classifier(Network network) {
        hiddenLayers = network.layers().size() - 1;
        if (hiddenLayers < 1) {
            throw new IllegalArgumentException("a classifier needs a hidden layer, whose outputs are the features");
        }
        parameters = new Parameters(network);
        stack = new DenseStack(parameters, Features.ROWS);
    }

    /** Pixels of an image. */
    public int pixels() {
        return parameters.layers.get(0).inputs();
    }

    public int features() {
        return parameters.layers.get(hiddenLayers - 1).outputs();
    }

    public int classes() {
        return parameters.layers.get(hiddenLayers).outputs();
    }

    /**
     * Features and classes of images.
     *
     * @param images [count, pixels] U8
     * @throws IllegalArgumentException if {@code images} has not {@code count} · pixels elements or count is not positive
     */
    public Features read(byte[] images, int count) {
        Images.check(images, count, pixels());
        return read(count, (first, rows, to) -> Images.toFloats(images, first * pixels(), to, 0, rows * pixels()));
    }

    /** The same for images that are made block by block, as intensities in [0, 1]. */
    Features read(int count, Features.Source images) {
        Features read = new Features(count, features(), new float[count * features()], new int[count]);
        for (int first = 0; first < count; first += Features.ROWS) {
            int rows = Math.min(Features.ROWS, count - first);
            images.fill(first, rows, stack.input().values);
            stack.input().push(0, rows);
            // The whole block, whatever is in its last rows: in fewer rows some would be rounded otherwise.
            stack.forward(0, Features.ROWS);
            System.arraycopy(
                    stack.activation(hiddenLayers - 1).values, 0, read.values(), first * features(), rows * features());
            for (int row = 0; row < rows; row++) {
                read.classes()[first + row] = largest(stack.output().values, row * classes(), classes());
            }
        }
        return read;
    }

    /** Position of the largest of {@code count} numbers; the first of several. */
    private static int largest(float[] values, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (values[from + i] > values[from + best]) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public void close() {
        stack.close();
        parameters.close();
    }
}
