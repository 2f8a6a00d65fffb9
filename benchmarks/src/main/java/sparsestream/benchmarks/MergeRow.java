package sparsestream.benchmarks;

/**
 * One line of the result of {@code bench merge}: replicas that have learned so many images together, in rounds.
 *
 * @param every batches that a replica learns in a round
 * @param images learned by all replicas, which is no more than asked for and whole rounds
 * @param stepsInARow optimiser steps of one replica: what the time of a run with a machine for each replica depends on
 * @param heldOutNelbo −ELBO of the merged model, nats an image; not a number for a GAN
 * @param frechetDistance of the merged model's samples
 * @param zeroRatio share of the merged weights that are exactly zero
 * @param contributionBytes of one contribution as it is published, mean over the second half of the rounds
 * @param modelBytes of the last merged model as it is published
 * @param gatherMicros to decode a contribution and check it, mean
 * @param mergeMicros to merge a round, for each contribution in it, mean
 */
record MergeRow(
        int replicas,
        int every,
        double outerLearningRate,
        double outerMomentum,
        long seed,
        long images,
        long stepsInARow,
        double heldOutNelbo,
        double frechetDistance,
        double zeroRatio,
        double contributionBytes,
        long modelBytes,
        double gatherMicros,
        double mergeMicros) {
    /** Bytes that one replica publishes in contributions for each image that it learns. */
    double contributionBytesPerImage(int batch) {
        return contributionBytes / ((double) every * batch);
    }

    /** Bytes that one replica reads of merged models for each image that it learns. */
    double modelBytesPerImage(int batch) {
        return modelBytes / ((double) every * batch);
    }
}
