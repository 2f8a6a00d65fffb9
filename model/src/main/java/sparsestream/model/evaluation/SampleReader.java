package sparsestream.model.evaluation;

import sparsestream.model.ImageGenerator;
import sparsestream.model.layers.DenseStack;
import sparsestream.model.layers.Kernels;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Noise;
import sparsestream.model.layers.Parameters;
import sparsestream.model.layers.PrunedNetwork;

/**
 * What a classifier sees in images that a generator or decoder makes. They are made in blocks by BLAS, several times as fast as
 * {@link ImageGenerator} makes them one by one, and are not rounded to bytes.
 */
public final class SampleReader {
    private SampleReader() {}

    /**
     * Features and classes of images {@code 0 … count − 1} of a seed: the same latent vectors for every network.
     *
     * @param network latent → logits of pixels
     * @throws IllegalArgumentException if its images have not as many pixels as the classifier's
     */
    public static Features read(Network network, Classifier classifier, long seed, int count) {
        if (network.outputs() != classifier.pixels()) {
            throw new IllegalArgumentException(
                    "images of " + network.outputs() + " pixels, the classifier knows those of " + classifier.pixels());
        }
        PrunedNetwork pruned = PrunedNetwork.of(network);
        int latent = network.inputs();
        int pixels = network.outputs();
        Noise noise = new Noise(seed, Noise.Use.EVALUATION, 0);
        float[] z = new float[Features.ROWS * latent];
        try (Parameters parameters = new Parameters(pruned.network());
                DenseStack stack = new DenseStack(parameters, Features.ROWS)) {
            return classifier.read(count, (first, rows, intensities) -> {
                noise.fillNormal(z, 0, rows * latent, (long) first * latent);
                pruned.gatherInputs(z, latent, stack.input().values, rows);
                stack.input().push(0, rows);
                stack.forward(0, Features.ROWS);
                pruned.scatterOutputs(stack.output().values, intensities, rows);
                Kernels.sigmoid(intensities, intensities, 0, rows * pixels);
            });
        }
    }
}
