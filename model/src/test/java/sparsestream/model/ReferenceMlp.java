package sparsestream.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import sparsestream.model.layers.DenseStack;
import sparsestream.model.layers.Parameters;

/** The perceptron of {@link DenseStack} once more, in plain double arithmetic and one example at a time. */
public final class ReferenceMlp {
    /** In the order of {@link Parameters}; may be changed between calls. */
    public final double[] parameters;

    private final List<Parameters.Layer> layers;

    public ReferenceMlp(List<Parameters.Layer> layers, float[] parameters) {
        this.layers = layers;
        this.parameters = doubles(parameters, 0, parameters.length);
    }

    public static double[] doubles(float[] values, int from, int count) {
        double[] doubles = new double[count];
        for (int i = 0; i < count; i++) {
            doubles[i] = values[from + i];
        }
        return doubles;
    }

    public double[] forward(double[] x) {
        List<double[]> outputs = outputs(x);
        return outputs.get(outputs.size() - 1);
    }

    /** ∂/∂x of the sum of all outputs. */
    public double[] inputGradient(double[] x) {
        List<double[]> outputs = outputs(x);
        double[] delta = new double[outputs.get(outputs.size() - 1).length];
        java.util.Arrays.fill(delta, 1);
        for (int l = layers.size() - 1; l >= 0; l--) {
            Parameters.Layer layer = layers.get(l);
            double[] below = new double[layer.inputs()];
            for (int in = 0; in < layer.inputs(); in++) {
                for (int out = 0; out < layer.outputs(); out++) {
                    below[in] += parameters[layer.weights() + out * layer.inputs() + in] * delta[out];
                }
                below[in] *= l > 0 && outputs.get(l - 1)[in] <= 0 ? 0.2 : 1;
            }
            delta = below;
        }
        return delta;
    }

    /** Which hidden units are on the positive side of the rectifier, in the order of the layers. */
    public List<Boolean> pattern(double[] x) {
        List<Boolean> pattern = new ArrayList<>();
        List<double[]> outputs = outputs(x);
        for (double[] hidden : outputs.subList(0, outputs.size() - 1)) {
            for (double output : hidden) {
                pattern.add(output > 0);
            }
        }
        return pattern;
    }

    private List<double[]> outputs(double[] x) {
        List<double[]> outputs = new ArrayList<>();
        for (Parameters.Layer layer : layers) {
            boolean last = outputs.size() + 1 == layers.size();
            double[] y = new double[layer.outputs()];
            for (int out = 0; out < y.length; out++) {
                y[out] = parameters[layer.biases() + out];
                for (int in = 0; in < layer.inputs(); in++) {
                    y[out] += parameters[layer.weights() + out * layer.inputs() + in] * x[in];
                }
                y[out] = last || y[out] > 0 ? y[out] : 0.2 * y[out];
            }
            outputs.add(y);
            x = y;
        }
        return outputs;
    }

    /** Central finite difference of a loss in one parameter. */
    public double difference(int parameter, DoubleSupplier loss) {
        double h = 1e-6;
        double value = parameters[parameter];
        parameters[parameter] = value + h;
        double above = loss.getAsDouble();
        parameters[parameter] = value - h;
        double below = loss.getAsDouble();
        parameters[parameter] = value;
        return (above - below) / (2 * h);
    }

    public static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    public static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
