package sparsestream.producer.ingest;

import java.time.Duration;
import sparsestream.producer.BatchSchedule;

/**
 * How images become batches.
 *
 * @param batchSize images in a full batch
 * @param shuffleBuffer images in a full block, within which they are shuffled; at least a batch
 * @param maxWait after which a block leaves even if it is not full
 * @param seed of the order of images
 */
public record BatchRules(int batchSize, int shuffleBuffer, Duration maxWait, long seed) {
    public static final int DEFAULT_SHUFFLE_BUFFER = 1024;
    public static final int MAX_SHUFFLE_BUFFER = 65_536;

    private static final Duration MIN_WAIT = Duration.ofMillis(10);
    private static final Duration MAX_WAIT = Duration.ofDays(1);

    /** @throws IllegalArgumentException if a value is out of range; the message is one line that names the option */
    public BatchRules {
        ImageRules.requireBetween("--batch-size", batchSize, 1, MAX_SHUFFLE_BUFFER);
        ImageRules.requireBetween("--shuffle-buffer", shuffleBuffer, batchSize, MAX_SHUFFLE_BUFFER);
        if (maxWait.compareTo(MIN_WAIT) < 0 || maxWait.compareTo(MAX_WAIT) > 0) {
            throw new IllegalArgumentException(
                    "--max-wait must be between 0.01 and 86400 seconds, got " + maxWait.toMillis() / 1000.0);
        }
    }

    /** @throws IllegalArgumentException if a batch of such images does not fit in a record */
    void requireFits(ImageRules images) {
        int max = BatchSchedule.maxBatchSize(images.height() * images.width());
        if (max == 0) {
            throw new IllegalArgumentException("an image of %s × %s pixels is more than fits in a record"
                    .formatted(images.width(), images.height()));
        }
        if (batchSize > max) {
            throw new IllegalArgumentException("--batch-size must be between 1 and %s for images of %s × %s, got %s"
                    .formatted(max, images.width(), images.height(), batchSize));
        }
    }
}
