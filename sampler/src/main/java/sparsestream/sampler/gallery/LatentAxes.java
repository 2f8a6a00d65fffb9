package sparsestream.sampler.gallery;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import sparsestream.model.layers.Network;

/** Which latent dimensions matter to the network that draws. */
final class LatentAxes {
    private LatentAxes() {}

    /**
     * All dimensions, the one with the longest column of weights in the first layer first. All have the same spread, so those
     * that the model does not use, or that L1 has cut off, come last.
     */
    static List<Integer> byInfluence(Network network) {
        Network.Layer first = network.layers().get(0);
        double[] lengths = new double[first.inputs()];
        for (int i = 0; i < first.weights().length; i++) {
            lengths[i % first.inputs()] += (double) first.weights()[i] * first.weights()[i];
        }
        return IntStream.range(0, lengths.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer axis) -> lengths[axis])
                        .reversed())
                .toList();
    }
}
