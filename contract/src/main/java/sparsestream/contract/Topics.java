package sparsestream.contract;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.utils.Utils;

/**
 * The topics of one pipeline.
 *
 * @param prefix put before every name; empty, or characters that Kafka allows in a topic name
 */
public record Topics(String prefix) {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{0,200}");

    private static final String ARRIVAL = "LogAppendTime";

    private static final Map<String, String> COMPACTED = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            // Megabytes are rewritten every few seconds, and only closed segments are compacted: keep both small.
            TopicConfig.SEGMENT_BYTES_CONFIG,
            String.valueOf(32 << 20),
            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
            "0.1",
            TopicConfig.DELETE_RETENTION_MS_CONFIG,
            "60000",
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
            "CreateTime");

    private static final Map<String, String> LETTERS = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_BYTES_CONFIG,
            "-1",
            TopicConfig.RETENTION_MS_CONFIG,
            "-1",
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            String.valueOf(2 << 20),
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
            "CreateTime");

    /**
     * A week from when the broker took the record, whatever its size. By the time that a client stamps it with, a record whose client
     * counts in seconds, or has no clock, would be of 1970, and deleted before anybody has read it.
     */
    private static final Map<String, String> A_WEEK = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_BYTES_CONFIG,
            "-1",
            TopicConfig.RETENTION_MS_CONFIG,
            "604800000",
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
            ARRIVAL);

    /**
     * Stored so that every client can read it, though the writer packs with zstd, which some clients can't unpack: it has one codec for
     * all topics of a transaction, so the broker unpacks these.
     */
    private static final Map<String, String> FOR_ANY_READER =
            Map.of(TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed");

    /** Stored as the writer packs it, which is not at all unless it is asked to, whatever the broker would rather have. */
    private static final Map<String, String> AS_SENT = Map.of(TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");

    /** As many samplers can share the work. */
    private static final int REQUEST_PARTITIONS = 8;

    /** As many merge services can share the models of all runs. */
    private static final int CONTRIBUTION_PARTITIONS = 8;

    /**
     * The topics with this prefix.
     *
     * @throws IllegalArgumentException if no topic could have it
     */
    public Topics {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "topic prefix '" + prefix + "' is not up to 200 letters, digits, '.', '_' and '-'");
        }
    }

    /** Single images of the last seven days from any client, for the ingest topology. */
    public Topic imagesRaw() {
        return topic("images.raw", A_WEEK);
    }

    /** {@link DeadLetter} records of single images that could not be used, kept until somebody deletes them. */
    public Topic imagesRawLetters() {
        return topic("images.raw.dlq", LETTERS);
    }

    /** {@link ImageBatch} records to learn from, in one partition. */
    public Topic imageBatches() {
        return imageBatches(1);
    }

    /** {@link ImageBatch} records to learn from; each partition keeps its last GiB. */
    public Topic imageBatches(int partitions) {
        return new Topic(
                prefix + "images.batches",
                partitions,
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_BYTES_CONFIG,
                        String.valueOf(1 << 30),
                        TopicConfig.RETENTION_MS_CONFIG,
                        "-1",
                        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                        ARRIVAL));
    }

    /** {@link DeadLetter} records, kept until somebody deletes them; larger by their headers than what was read. */
    public Topic deadLetters() {
        return topic("images.batches.dlq", LETTERS);
    }

    /** {@link Checkpoint} of all that a trainer needs to resume. */
    public Topic trainerState() {
        return topic("trainer.state", COMPACTED);
    }

    /** {@link Checkpoint} of the weights that a sampler needs, for anybody to read. */
    public Topic modelCheckpoints() {
        return topic("model.checkpoints", COMPACTED).with(FOR_ANY_READER);
    }

    /** {@link Contribution} of each partition of each merged run, the newest kept; all of one model are in one partition. */
    public Topic modelContributions() {
        return new Topic(prefix + "model.contributions", CONTRIBUTION_PARTITIONS, COMPACTED);
    }

    /** The partition of {@link #modelContributions} in which those of a model are. */
    public int contributionPartition(String runAndModel) {
        return Utils.toPositive(Utils.murmur2(runAndModel.getBytes(StandardCharsets.UTF_8))) % CONTRIBUTION_PARTITIONS;
    }

    /** {@link DeadLetter} records of contributions that could not be merged, kept until somebody deletes them. */
    public Topic modelContributionLetters() {
        return topic("model.contributions.dlq", LETTERS);
    }

    /** {@link Round} records: what each merged model is made of. Each has a key of its own, so that all are kept. */
    public Topic modelRounds() {
        return topic("model.rounds", COMPACTED);
    }

    /** {@link GeneratedImage} records of the last seven days, and nothing else: the last record is always a picture. */
    public Topic imagesGenerated() {
        return topic("images.generated", A_WEEK).with(AS_SENT);
    }

    /** {@link RequestRefusal} records of the last seven days. */
    public Topic sampleRefusals() {
        return topic("sample.refusals", A_WEEK).with(AS_SENT);
    }

    /** {@link SampleRequest} records of the last seven days, from any client. */
    public Topic sampleRequests() {
        return new Topic(prefix + "sample.requests", REQUEST_PARTITIONS, A_WEEK);
    }

    /** {@link DeadLetter} records of requests that could not be answered, kept until somebody deletes them. */
    public Topic sampleRequestLetters() {
        return topic("sample.requests.dlq", LETTERS);
    }

    /** JSON CloudEvents of the last seven days about checkpoints, rejections, drift and rollbacks, for anybody to read. */
    public Topic trainingEvents() {
        return topic("training.events", A_WEEK).with(FOR_ANY_READER);
    }

    private Topic topic(String name, Map<String, String> settings) {
        return new Topic(prefix + name, 1, settings);
    }
}
