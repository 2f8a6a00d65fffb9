package sparsestream.model.evaluation;

import java.util.List;
import sparsestream.model.layers.Adam;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.DenseStack;
import sparsestream.model.layers.Images;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Networks;
import sparsestream.model.layers.Parameters;
import sparsestream.model.layers.Team;

/**
 * Trains a {@link Classifier} by the softmax cross-entropy
 *
 * <pre>
 *   log Σ exp(l_c) − l_y
 * </pre>
 *
 * with {@link Adam}, whose learning rate falls linearly to zero over a known number of steps. A pure function of the seed and the
 * batches.
 */
public final class ClassifierTraining implements AutoCloseable {
    private final Team team = new Team(1);
    private final Parameters parameters;
    private final DenseStack stack;
    private final Adam adam;
    private final int classes;
    private final long steps;
    private long step;

    /**
     * @param widths of the input, the hidden layers and the output, which has one logit a class
     * @param capacity most images of a batch
     * @param steps that the training is to take
     */
    public ClassifierTraining(List<Integer> widths, AdamConfig config, int capacity, long steps, long seed) {
        this.classes = widths.get(widths.size() - 1);
        this.steps = steps;
        parameters = new Parameters(Networks.perceptron(widths, seed));
        stack = new DenseStack(parameters, capacity);
        adam = new Adam(parameters, config, L1.NONE);
    }

    /**
     * Learns one batch.
     *
     * @param images [count, pixels] U8
     * @param labels [count], from 0
     * @return the loss before the update, in nats an image
     */
    public double learn(byte[] images, byte[] labels, int count) {
        Images.check(images, count, stack.input().cols);
        Images.toMatrix(images, 0, count, stack.input(), 0);
        stack.forward(0, count);
        double loss = 0;
        for (int row = 0; row < count; row++) {
            loss += softmax(stack.output().values, stack.outputDelta().values, row, labels[row], count);
        }
        stack.outputDelta().push(0, count);
        stack.backward(0, count, false);
        stack.weightGradient(count, team, 0);
        adam.update(step, Math.max(0, 1 - (double) step / steps), team, 0);
        step++;
        return loss / count;
    }

    /** Loss of one row, and its gradient in the logits: softmax(l) − onehot(y), divided by {@code count}. */
    private double softmax(float[] logits, float[] delta, int row, int label, int count) {
        int from = row * classes;
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            max = Math.max(max, logits[from + c]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += StrictMath.exp(logits[from + c] - max);
        }
        for (int c = 0; c < classes; c++) {
            double probability = StrictMath.exp(logits[from + c] - max) / sum;
            delta[from + c] = (float) ((probability - (c == label ? 1 : 0)) / count);
        }
        return max + StrictMath.log(sum) - logits[from + label];
    }

    /** What has been learned so far; a copy. */
    public Network network() {
        return Network.of("classifier", parameters, parameters.values.values);
    }

    @Override
    public void close() {
        stack.close();
        team.close();
    }
}
