package sparsestream.trainer.session;

import java.util.Map;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.trainer.watch.Notice;

/** What a trainer tells about itself, in its own words. */
interface TrainerMetrics {
    /**
     * A batch was learned.
     *
     * @param losses terms before the update, in nats an image
     * @param stepSeconds time that the update took
     * @param freshnessSeconds age of the batch when it had been learned
     */
    void learned(int images, Map<String, Double> losses, double stepSeconds, double freshnessSeconds);

    /** Mean loss of the last batches, each before it was learned, in nats an image. */
    void prequential(double loss);

    /** Watching has found something. */
    void noticed(Notice notice);

    /** The model was evaluated at the end. */
    void evaluated(Evaluation evaluation);

    /** A model was not published because it was not good enough. */
    void refused();

    /** Fréchet distance of real images from other real ones. */
    void floor(double distance);

    /** A batch was sent to the dead letter topic. */
    void rejected();

    /** So many batches are on the topic and not learned yet. */
    void lag(long batches);

    /** Batches were deleted before they were learned. */
    void lost(long batches);

    /** The first batch of this process was learned, so long after the process began. */
    void recovered(double seconds);

    /**
     * A checkpoint was committed.
     *
     * @param layerZeroRatios share of each layer's weights that are exactly zero, by {@code NETWORK.LAYER}
     */
    void published(TrainerStatus status, Map<String, Double> layerZeroRatios, double transactionSeconds);
}
