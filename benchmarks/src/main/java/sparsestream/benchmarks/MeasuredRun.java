package sparsestream.benchmarks;

import sparsestream.model.RejectedBatchException;
import sparsestream.model.StreamModel;
import sparsestream.producer.BatchSchedule;
import sparsestream.producer.Dataset;

/**
 * A way through the stream of a dataset's images, pass after pass, with points at equal distances.
 *
 * @param batch images that are learned at once
 * @param steps batches
 * @param points the last of which is the end
 */
record MeasuredRun(Dataset learned, int batch, long steps, int points) {
    /**
     * Learns.
     *
     * @param seed of the order of the images
     * @param afterStep is called after each step
     * @param atPoint is called at each point
     */
    void learn(StreamModel model, long seed, Runnable afterStep, Runnable atPoint) throws RejectedBatchException {
        BatchSchedule schedule = new BatchSchedule(learned, seed);
        for (long step = 0; step < steps; step++) {
            model.learn(schedule.batch(step * batch, batch).images(), batch);
            afterStep.run();
            if ((step + 1) * points / steps > step * points / steps) {
                atPoint.run();
            }
        }
    }
}
