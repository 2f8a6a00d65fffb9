package sparsestream.model.layers;

import java.util.Map;
import sparsestream.model.layers.L1.Method;
import sparsestream.model.layers.Parameters.Layer;

/**
 * Adam (Kingma and Ba, 2015, algorithm 1) with L1 on the weights, one fused loop over each layer:
 *
 * <pre>
 *   m ← β₁m + (1 − β₁)g      v ← β₂v + (1 − β₂)g²      den = √v̂ + ε
 *   w ← w − lr·m̂/den         w ← sign(w)·max(|w| − threshold, 0)
 * </pre>
 *
 * with the threshold lr·λ/den ({@link Method#PROXIMAL}) or lr·λ ({@link Method#PROXIMAL_PLAIN}), divided by 1 + a|w| where L1 is
 * adaptive. Where λ = 0, and for biases,
 * the loop without the second line runs. From the step on from which zeros stay, two more loops keep them.
 */
public final class Adam {
    final float[] firstMoment;
    final float[] secondMoment;

    private final Parameters parameters;
    private final AdamConfig config;
    private final L1 l1;
    /** Where a frozen support is kept for the time of an update. */
    private final float[] support;

    private final float[] savedValues;
    private final float[] savedFirstMoment;
    private final float[] savedSecondMoment;

    public Adam(Parameters parameters, AdamConfig config, L1 l1) {
        this.parameters = parameters;
        this.config = config;
        this.l1 = l1;
        this.firstMoment = new float[parameters.count];
        this.secondMoment = new float[parameters.count];
        this.support = new float[l1.freezes() ? parameters.count : 0];
        this.savedValues = new float[parameters.count];
        this.savedFirstMoment = new float[parameters.count];
        this.savedSecondMoment = new float[parameters.count];
    }

    /** Applies the gradient to the given part of the parameters; {@code step} counts from 0. */
    public void update(long step, Team team, int part) {
        update(step, 1, team, part);
    }

    /** The same with the learning rate, and so the threshold, multiplied by {@code rateScale}. */
    public void update(long step, double rateScale, Team team, int part) {
        int from = team.from(part, parameters.count);
        int to = team.to(part, parameters.count);
        parameters.gradient.pull(from, to);
        Coefficients c = new Coefficients(config, l1, step, rateScale);
        for (Layer layer : parameters.layers) {
            updateWeights(c, Math.max(from, layer.weights()), Math.min(to, layer.biases()));
            adam(c, Math.max(from, layer.biases()), Math.min(to, layer.end()));
        }
        parameters.values.push(from, to);
    }

    private void updateWeights(Coefficients c, int from, int to) {
        if (c.supportFrozen) {
            readSupport(from, to);
            penalised(c, from, to);
            keepSupport(from, to);
        } else {
            penalised(c, from, to);
        }
    }

    private void penalised(Coefficients c, int from, int to) {
        if (c.lambda == 0) {
            adam(c, from, to);
        } else {
            switch (l1.method()) {
                case PROXIMAL -> proximal(c, from, to);
                case PROXIMAL_PLAIN -> proximalPlain(c, from, to);
                case SUBGRADIENT -> subgradient(c, from, to);
            }
        }
    }

    /** What is the same for all parameters in one step. */
    private static final class Coefficients {
        final boolean supportFrozen;
        final float lambda;
        final float adaptivity;
        final float learningRate;
        /** lr / (1 − β₁ᵗ), so that m need not be corrected for its bias. */
        final float rate;
        /** 1 / √(1 − β₂ᵗ). */
        final float denominatorScale;

        final float beta1;
        final float beta2;
        final float epsilon;

        Coefficients(AdamConfig config, L1 l1, long step, double rateScale) {
            double scaledRate = config.rateAt(step) * rateScale;
            supportFrozen = l1.supportFrozenAt(step);
            lambda = (float) l1.lambdaAt(step);
            adaptivity = (float) l1.adaptivity();
            learningRate = (float) scaledRate;
            rate = (float) (scaledRate / (1 - StrictMath.pow(config.beta1(), (double) (step + 1))));
            denominatorScale = (float) (1 / Math.sqrt(1 - StrictMath.pow(config.beta2(), (double) (step + 1))));
            beta1 = (float) config.beta1();
            beta2 = (float) config.beta2();
            epsilon = (float) config.epsilon();
        }
    }

    private void adam(Coefficients c, int from, int to) {
        float[] w = parameters.values.values;
        float[] g = parameters.gradient.values;
        float[] m = firstMoment;
        float[] v = secondMoment;
        float b1 = c.beta1;
        float b2 = c.beta2;
        float rate = c.rate;
        float scale = c.denominatorScale;
        float epsilon = c.epsilon;
        for (int i = from; i < to; i++) {
            float mi = b1 * m[i] + (1f - b1) * g[i];
            float vi = b2 * v[i] + (1f - b2) * g[i] * g[i];
            m[i] = mi;
            v[i] = vi;
            w[i] -= rate * mi / ((float) Math.sqrt(vi) * scale + epsilon);
        }
    }

    private void proximal(Coefficients c, int from, int to) {
        float[] w = parameters.values.values;
        float[] g = parameters.gradient.values;
        float[] m = firstMoment;
        float[] v = secondMoment;
        float b1 = c.beta1;
        float b2 = c.beta2;
        float rate = c.rate;
        float scale = c.denominatorScale;
        float epsilon = c.epsilon;
        float shrinkage = c.learningRate * c.lambda;
        float adaptivity = c.adaptivity;
        for (int i = from; i < to; i++) {
            float mi = b1 * m[i] + (1f - b1) * g[i];
            float vi = b2 * v[i] + (1f - b2) * g[i] * g[i];
            m[i] = mi;
            v[i] = vi;
            float inverse = 1f / ((float) Math.sqrt(vi) * scale + epsilon);
            float moved = w[i] - rate * mi * inverse;
            float threshold = shrinkage * inverse / (1f + adaptivity * Math.abs(moved));
            w[i] = softThreshold(moved, threshold);
        }
    }

    private void proximalPlain(Coefficients c, int from, int to) {
        adam(c, from, to);
        float[] w = parameters.values.values;
        float shrinkage = c.learningRate * c.lambda;
        float adaptivity = c.adaptivity;
        for (int i = from; i < to; i++) {
            float threshold = shrinkage / (1f + adaptivity * Math.abs(w[i]));
            w[i] = softThreshold(w[i], threshold);
        }
    }

    /**
     * sign(x)·max(|x| − threshold, 0), the proximal map of threshold·|x| (Donoho and Johnstone, 1994): exactly 0 for |x| ≤ threshold.
     *
     * @param threshold at least 0
     */
    static float softThreshold(float x, float threshold) {
        // Without a branch, so that loops around it are vectorised.
        return Math.max(x - threshold, 0f) + Math.min(x + threshold, 0f);
    }

    private void subgradient(Coefficients c, int from, int to) {
        float[] w = parameters.values.values;
        float[] g = parameters.gradient.values;
        float lambda = c.lambda;
        float adaptivity = c.adaptivity;
        for (int i = from; i < to; i++) {
            // sign(w) for all normal floats, 0 for zero, without a comparison that would not be vectorised.
            float sign = Math.max(-1f, Math.min(1f, w[i] * Float.MAX_VALUE));
            g[i] += lambda * sign / (1f + adaptivity * Math.abs(w[i]));
        }
        adam(c, from, to);
    }

    /** 1 for each weight that is not zero, and 0 for those that are. */
    private void readSupport(int from, int to) {
        float[] w = parameters.values.values;
        float[] s = support;
        for (int i = from; i < to; i++) {
            // In two factors, since the smallest float times the largest is below 1.
            s[i] = Math.min(1f, Math.abs(w[i]) * Float.MAX_VALUE * 0x1p24f);
        }
    }

    /** Makes those zero again that were; their moments go on. */
    private void keepSupport(int from, int to) {
        float[] w = parameters.values.values;
        float[] s = support;
        for (int i = from; i < to; i++) {
            // −0 + 0 is 0.
            w[i] = w[i] * s[i] + 0f;
        }
    }

    /** Adds copies of the parameters and moments under {@code NAME.values}, {@code .firstMoment} and {@code .secondMoment}. */
    public void addTo(Map<String, float[]> tensors, String name) {
        tensors.put(name + ".values", parameters.values.values.clone());
        tensors.put(name + ".firstMoment", firstMoment.clone());
        tensors.put(name + ".secondMoment", secondMoment.clone());
    }

    /** How many elements each tensor has that {@link #addTo} adds. */
    public void addSizesTo(Map<String, Integer> sizes, String name) {
        sizes.put(name + ".values", parameters.count);
        sizes.put(name + ".firstMoment", parameters.count);
        sizes.put(name + ".secondMoment", parameters.count);
    }

    /** Takes over what {@link #addTo} added. */
    public void restore(Map<String, float[]> tensors, String name) {
        parameters.set(tensors.get(name + ".values"));
        System.arraycopy(tensors.get(name + ".firstMoment"), 0, firstMoment, 0, parameters.count);
        System.arraycopy(tensors.get(name + ".secondMoment"), 0, secondMoment, 0, parameters.count);
    }

    /** Keeps a copy of the given part of the parameters and moments for {@link #undo}, which needs all parts. */
    public void save(Team team, int part) {
        int from = team.from(part, parameters.count);
        int length = team.to(part, parameters.count) - from;
        System.arraycopy(parameters.values.values, from, savedValues, from, length);
        System.arraycopy(firstMoment, from, savedFirstMoment, from, length);
        System.arraycopy(secondMoment, from, savedSecondMoment, from, length);
    }

    /** Takes back all updates since the last {@link #save}. */
    public void undo() {
        System.arraycopy(savedFirstMoment, 0, firstMoment, 0, parameters.count);
        System.arraycopy(savedSecondMoment, 0, secondMoment, 0, parameters.count);
        parameters.set(savedValues);
    }
}
