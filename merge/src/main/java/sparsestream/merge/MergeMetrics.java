package sparsestream.merge;

import sparsestream.model.evaluation.Evaluation;

/** Told what merging does, from the threads of Kafka Streams; what is not committed is done, and told, again. */
interface MergeMetrics {
    MergeMetrics NOOP = new MergeMetrics() {
        @Override
        public void gathered(String model, long bytes) {}

        @Override
        public void refused(String model) {}

        @Override
        public void merged(String model, MergedRound round) {}

        @Override
        public void evaluated(String model, Evaluation evaluation) {}
    };

    /**
     * A round has ended.
     *
     * @param version of its model
     * @param images learned by then
     * @param missing partitions that gave nothing to it
     * @param zeroRatio share of weights that are exactly zero
     * @param seconds from the first contribution, or the start of the process, to the model
     */
    record MergedRound(long version, long images, int missing, double zeroRatio, double seconds) {}

    /**
     * A contribution waits for its round to end.
     *
     * @param bytes of its file
     */
    void gathered(String model, long bytes);

    /** A contribution goes to the dead letters. */
    void refused(String model);

    void merged(String model, MergedRound round);

    void evaluated(String model, Evaluation evaluation);
}
