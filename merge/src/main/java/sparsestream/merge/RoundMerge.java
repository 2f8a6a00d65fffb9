package sparsestream.merge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sparsestream.contract.Contribution;
import sparsestream.contract.Share;
import sparsestream.contract.Tensor;
import sparsestream.model.StreamModel;
import sparsestream.model.layers.Network;

/**
 * One round of local SGD. With n_k the images of contribution k and Δ_k its change, old minus new, for each parameter w with velocity
 * v:
 *
 * <pre>
 *   Δ = Σ n_k Δ_k / Σ n_k        v ← μ v + Δ        w ← w − η (Δ + μ v)
 * </pre>
 *
 * the average of FedAvg (McMahan et al., 2017) under the outer Nesterov step of DiLoCo. Sums are in double precision and in the
 * order of the partitions, so that the order of arrival does not matter. Averages of parameters (a GAN's generator) take Δ as it is.
 *
 * <p>An average of sparse weights is as dense as the union of their supports. So in each layer, with m_k the number of weights that are
 * not zero at the end of contribution k:
 *
 * <ul>
 *   <li>a weight that is zero at the end of every contribution becomes zero, whatever the velocity says;
 *   <li>a weight that is not zero at the end of any is left as it is;
 *   <li>the others are disputed. As many of them survive as keep the layer at ⌊Σ n_k m_k / Σ n_k⌋ weights that are not zero, no more
 *       than replicas have on average. The threshold θ is the largest |w| among those that do not survive, and all disputed weights
 *       pass the soft threshold sign(w)·max(|w| − θ, 0), the solution of min ½‖u − w‖² + θ Σ|u| over them.
 * </ul>
 *
 * <p>Only disputed weights are shrunk: each replica's own L1 has shrunk all of them already. Velocity is zero where a weight is, and
 * so are averages.
 *
 * <p>For one thread.
 */
public final class RoundMerge {
    private final OuterStep outer;
    /** Where weights are in each flat tensor of what is trained, by its name. */
    private final Map<String, List<Weights>> layers = new LinkedHashMap<>();

    /** A layer's weights, as elements of a flat tensor; what is between them are biases. */
    private record Weights(int from, int to) {}

    /**
     * Merges models of one architecture.
     *
     * @param model of that architecture
     */
    public RoundMerge(OuterStep outer, StreamModel model) {
        this.outer = outer;
        for (Network network : model.networks()) {
            List<Weights> weights = new ArrayList<>();
            int at = 0;
            for (Network.Layer layer : network.layers()) {
                weights.add(new Weights(at, at + layer.weights().length));
                at += layer.weights().length + layer.outputs();
            }
            layers.put(network.name() + SharedTensors.VALUES, weights);
        }
    }

    public OuterStep outer() {
        return outer;
    }

    /**
     * The model after one more round.
     *
     * @param contributions in any order, of different partitions and of the state's architecture
     * @throws IllegalArgumentException if there is none
     */
    public MergeState merge(MergeState before, List<Contribution> contributions) {
        if (contributions.isEmpty()) {
            throw new IllegalArgumentException("a round of nothing");
        }
        List<Contribution> ordered = new ArrayList<>(contributions);
        ordered.sort(
                Comparator.comparingInt(contribution -> contribution.share().partition()));
        List<Share> shares = ordered.stream().map(Contribution::share).toList();
        Map<String, float[]> parameters = new LinkedHashMap<>();
        Map<String, float[]> velocity = new LinkedHashMap<>();
        before.parameters().forEach((name, old) -> {
            double[] change = meanChange(name, old.length, ordered);
            if (name.endsWith(SharedTensors.VALUES)) {
                float[] moved = old.clone();
                float[] speed = before.velocity().get(name).clone();
                step(moved, speed, change);
                layers.get(name).forEach(weights -> sparsify(weights, moved, name, ordered));
                clearWhereZero(layers.get(name), moved, speed);
                parameters.put(name, moved);
                velocity.put(name, speed);
            } else {
                parameters.put(name, changed(old, change));
            }
        });
        maskAverages(parameters);
        return new MergeState(
                before.position().with(shares),
                before.version() + 1,
                before.batches() + shares.stream().mapToLong(Share::batches).sum(),
                before.images() + images(ordered),
                Math.min(
                        before.inputFrom(),
                        shares.stream().mapToLong(Share::from).min().orElseThrow()),
                shares.stream().map(Share::partition).toList(),
                parameters,
                velocity);
    }

    private static long images(List<Contribution> contributions) {
        return contributions.stream().mapToLong(each -> each.share().images()).sum();
    }

    private static double[] meanChange(String name, int count, List<Contribution> contributions) {
        double[] mean = new double[count];
        for (Contribution contribution : contributions) {
            float[] change = contribution.changes().get(name).floats();
            double images = contribution.share().images();
            for (int i = 0; i < count; i++) {
                mean[i] += images * change[i];
            }
        }
        double all = images(contributions);
        for (int i = 0; i < count; i++) {
            mean[i] /= all;
        }
        return mean;
    }

    private void step(float[] values, float[] velocity, double[] change) {
        double rate = outer.learningRate();
        double momentum = outer.momentum();
        for (int i = 0; i < values.length; i++) {
            double speed = momentum * velocity[i] + change[i];
            velocity[i] = (float) speed;
            values[i] = (float) (values[i] - rate * (change[i] + momentum * speed));
        }
    }

    private static float[] changed(float[] old, double[] change) {
        float[] values = new float[old.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (old[i] - change[i]);
        }
        return values;
    }

    private static void sparsify(Weights weights, float[] values, String name, List<Contribution> contributions) {
        int[] supporters = new int[weights.to() - weights.from()];
        double keptByImages = 0;
        for (Contribution contribution : contributions) {
            Tensor bitmap = contribution.kept().get(name);
            byte[] kept = bitmap.bytes();
            int count = 0;
            for (int i = weights.from(); i < weights.to(); i++) {
                int bit = kept[i >> 3] >> (i & 7) & 1;
                supporters[i - weights.from()] += bit;
                count += bit;
            }
            keptByImages += (double) contribution.share().images() * count;
        }
        int budget = (int) Math.floor(keptByImages / images(contributions));
        softThreshold(weights, values, supporters, contributions.size(), budget);
    }

    private static void softThreshold(Weights weights, float[] values, int[] supporters, int replicas, int budget) {
        int undisputed = 0;
        int disputed = 0;
        float[] sizes = new float[supporters.length];
        for (int i = 0; i < supporters.length; i++) {
            if (supporters[i] == replicas) {
                undisputed++;
            } else if (supporters[i] > 0) {
                sizes[disputed++] = Math.abs(values[weights.from() + i]);
            }
        }
        float threshold = largestThatGoes(sizes, disputed, budget - undisputed);
        for (int i = 0; i < supporters.length; i++) {
            int at = weights.from() + i;
            if (supporters[i] == 0) {
                values[at] = 0f;
            } else if (supporters[i] < replicas) {
                values[at] = Math.signum(values[at]) * Math.max(Math.abs(values[at]) - threshold, 0f);
            }
        }
    }

    /** The largest of the first {@code count} sizes but for the {@code survivors} largest ones; 0 if all survive. */
    private static float largestThatGoes(float[] sizes, int count, int survivors) {
        if (count <= survivors) {
            return 0f;
        }
        Arrays.sort(sizes, 0, count);
        return sizes[count - 1 - survivors];
    }

    /** Of a weight that is zero, neither the sign nor the velocity is left. */
    private static void clearWhereZero(List<Weights> layers, float[] values, float[] velocity) {
        for (Weights weights : layers) {
            for (int i = weights.from(); i < weights.to(); i++) {
                if (values[i] == 0f) {
                    values[i] = 0f;
                    velocity[i] = 0f;
                }
            }
        }
    }

    private void maskAverages(Map<String, float[]> parameters) {
        layers.forEach((name, weightsOfLayers) -> {
            String network = name.substring(0, name.length() - SharedTensors.VALUES.length());
            float[] average = parameters.get(network + SharedTensors.AVERAGE);
            if (average != null) {
                clearWhereZero(weightsOfLayers, parameters.get(name), average);
            }
        });
    }
}
