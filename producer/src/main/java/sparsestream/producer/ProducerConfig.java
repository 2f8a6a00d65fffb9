package sparsestream.producer;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import sparsestream.contract.Topics;

/**
 * What a producer is asked to do. Wrong values are refused in the words of the command line.
 *
 * @param kafka Kafka client settings, {@code bootstrap.servers} among them
 * @param topicPrefix put before the topic's name; may be empty
 * @param batchSize images in a record, from 1 to {@value #MAX_BATCH_SIZE}; fewer fit if they are larger than 28 x 28
 * @param images where the stream ends, earlier sessions that are continued included; empty for an endless stream
 * @param rate images per second; empty or 0 for as fast as possible
 * @param seed of the order of images
 * @param resume whether to go on where the topic's last batch of this dataset and seed ended, instead of at 0
 * @param lead how far to run ahead of whom; empty for no limit
 * @param partitions that the topic must have, and gets if it is not there yet; empty for those that it has, or one. Batches go to all
 *     of them in turns
 */
public record ProducerConfig(
        Map<String, String> kafka,
        String topicPrefix,
        int batchSize,
        OptionalLong images,
        OptionalDouble rate,
        long seed,
        boolean resume,
        Optional<LeadLimit> lead,
        OptionalInt partitions) {
    public static final int DEFAULT_BATCH_SIZE = 128;

    /** So many images of 28 x 28 pixels, with their labels, stay under the 1 MB that brokers accept by default. */
    public static final int MAX_BATCH_SIZE = 1200;

    /**
     * A checked configuration.
     *
     * @throws IllegalArgumentException if a value is out of range; the message is one line that names the option
     */
    public ProducerConfig {
        kafka = Map.copyOf(kafka);
        if (kafka.getOrDefault("bootstrap.servers", "").isBlank()) {
            throw new IllegalArgumentException("--bootstrap-servers must name a broker");
        }
        try {
            new Topics(topicPrefix).imageBatches();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--topic-prefix: " + e.getMessage(), e);
        }
        requireBatchSize(batchSize, MAX_BATCH_SIZE, "");
        if (partitions.isPresent() && partitions.getAsInt() < 1) {
            throw new IllegalArgumentException("--partitions must be at least 1, got " + partitions.getAsInt());
        }
        if (images.isPresent() && images.getAsLong() < 1) {
            throw new IllegalArgumentException("--images must be at least 1, got " + images.getAsLong());
        }
        if (rate.isPresent() && !(rate.getAsDouble() >= 0 && Double.isFinite(rate.getAsDouble()))) {
            throw new IllegalArgumentException(
                    "--rate must be at least 0 images per second, got " + rate.getAsDouble());
        }
        rate = rate.orElse(0) == 0 ? OptionalDouble.empty() : rate;
        if (lead.isPresent() && lead.get().images() < batchSize) {
            throw new IllegalArgumentException("a lead of %s images is less than a batch of %s"
                    .formatted(lead.get().images(), batchSize));
        }
    }

    /** For a topic of as many partitions as it has. */
    public ProducerConfig(
            Map<String, String> kafka,
            String topicPrefix,
            int batchSize,
            OptionalLong images,
            OptionalDouble rate,
            long seed,
            boolean resume,
            Optional<LeadLimit> lead) {
        this(kafka, topicPrefix, batchSize, images, rate, seed, resume, lead, OptionalInt.empty());
    }

    /**
     * Checks the batch size against the size of this dataset's images.
     *
     * @throws IllegalArgumentException if a batch of them would not fit in a record
     */
    void requireFits(Dataset dataset) {
        int max = BatchSchedule.maxBatchSize(dataset);
        if (max == 0) {
            throw new IllegalArgumentException("--dataset %s has images of %s x %s pixels, more than fit in a record"
                    .formatted(dataset.name(), dataset.height(), dataset.width()));
        }
        requireBatchSize(batchSize, max, " for images of %s x %s".formatted(dataset.height(), dataset.width()));
    }

    private static void requireBatchSize(int batchSize, int max, String reason) {
        if (batchSize < 1 || batchSize > max) {
            throw new IllegalArgumentException(
                    "--batch-size must be between 1 and %s%s, got %s".formatted(max, reason, batchSize));
        }
    }
}
