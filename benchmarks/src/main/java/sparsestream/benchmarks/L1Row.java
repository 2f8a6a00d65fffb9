package sparsestream.benchmarks;

/**
 * One line of the result of {@code bench l1}.
 *
 * @param method {@code none} for λ = 0
 * @param zeroRatio share of weights that are exactly zero
 * @param heldOutNelbo −ELBO on the held-out images, nats an image
 * @param checkpointBytes of the published model
 * @param imageMicros time to draw one image with the decoder as the sampler does, median
 */
record L1Row(
        String method,
        double lambda,
        double zeroRatio,
        double heldOutNelbo,
        long checkpointBytes,
        double imageMicros) {}
