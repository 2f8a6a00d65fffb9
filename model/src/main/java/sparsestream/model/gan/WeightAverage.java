package sparsestream.model.gan;

import sparsestream.model.layers.Kernels;
import sparsestream.model.layers.Parameters;
import sparsestream.model.layers.Team;

/** An exponential moving average of a network's parameters over its steps (Yazıcı et al., 2019), which is what is published. */
final class WeightAverage {
    private final Parameters parameters;
    private final double decay;
    private final float[] values;

    /** @param decay of the average late in the run; 0 publishes the parameters as they are */
    WeightAverage(Parameters parameters, double decay) {
        this.parameters = parameters;
        this.decay = decay;
        this.values = parameters.values.values.clone();
    }

    /** A part of the average takes the parameters after a step in. The decay grows from 0.1, so that the untrained ones are forgotten soon. */
    void update(long step, Team team, int part) {
        float now = (float) Math.min(decay, (1.0 + step) / (10.0 + step));
        Kernels.average(
                values, parameters.values.values, now, team.from(part, values.length), team.to(part, values.length));
    }

    /** The average, with zeros wherever the parameters' weights are zero now: an average alone would lose them. */
    float[] published() {
        if (decay == 0) {
            return parameters.values.values;
        }
        float[] published = values.clone();
        for (Parameters.Layer layer : parameters.layers) {
            for (int i = layer.weights(); i < layer.biases(); i++) {
                if (parameters.values.values[i] == 0f) {
                    published[i] = 0f;
                }
            }
        }
        return published;
    }

    /** A copy. */
    float[] values() {
        return values.clone();
    }

    void restore(float[] saved) {
        System.arraycopy(saved, 0, values, 0, values.length);
    }
}
