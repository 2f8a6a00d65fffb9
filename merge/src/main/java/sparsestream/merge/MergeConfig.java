package sparsestream.merge;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.kafka.KafkaClients;
import sparsestream.published.HeldOut;
import sparsestream.trainer.learning.ModelSettings;

/**
 * Settings of a {@link MergeService}.
 *
 * @param kafka properties of every Kafka client
 * @param topics where to read and write
 * @param runId names the run that is merged
 * @param models of the run, set up as its trainers have them
 * @param outer step of each round
 * @param roundTimeout after its first contribution a round ends with those that are there
 * @param heldOut that merged models are evaluated on
 * @param evaluateEvery rounds from one evaluation to the next
 */
public record MergeConfig(
        Map<String, Object> kafka,
        Topics topics,
        String runId,
        List<ModelSettings> models,
        OuterStep outer,
        Duration roundTimeout,
        Optional<HeldOut> heldOut,
        int evaluateEvery) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    /** A record has up to 1 MB, and a letter is larger by its headers. */
    private static final int MAX_REQUEST_BYTES = 4 << 20;

    private static final int MAX_BUFFERED_RECORDS = 16;

    public MergeConfig {
        kafka = Map.copyOf(kafka);
        models = List.copyOf(models);
        if (kafka.getOrDefault(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "")
                .toString()
                .isBlank()) {
            throw new IllegalArgumentException("--bootstrap-servers must name a broker");
        }
        if (!NAME.matcher(runId).matches()) {
            throw new IllegalArgumentException(
                    "--run-id must be 1 to 64 letters, digits, '.', '_' and '-', got '" + runId + "'");
        }
        Merging.checkTimeout(roundTimeout);
        if (evaluateEvery < 1) {
            throw new IllegalArgumentException("--evaluate-every must be at least 1 round, got " + evaluateEvery);
        }
        for (ModelSettings model : models) {
            heldOut.ifPresent(set -> set.requireSize(model.height(), model.width()));
        }
    }

    /** All services with one run share the work; it is the name of the group and begins those of the changelog. */
    String applicationId() {
        return topics.prefix() + "sparsestream-" + runId + "-merge";
    }

    /** The key of a model's public checkpoints, which begins those of its contributions. */
    String key(ModelSettings model) {
        return runId + "/" + model.name();
    }

    String source() {
        return "/sparsestream/" + runId + "/merge";
    }

    List<Topic> ownTopics() {
        return List.of(
                topics.modelContributions(),
                topics.modelContributionLetters(),
                topics.modelCheckpoints().packedAsAskedBy(kafka),
                topics.modelRounds(),
                topics.trainingEvents().packedAsAskedBy(kafka));
    }

    /** Settings of Kafka Streams: the user's between what may and what may not be overridden. */
    Map<String, Object> streams() {
        return new KafkaClients(kafka)
                .streams(
                        applicationId(),
                        topics.modelContributionLetters(),
                        Map.of(
                                StreamsConfig.CLIENT_ID_CONFIG,
                                "sparsestream-merge",
                                // Records of a megabyte: the usual thousand of them would not fit.
                                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                                MAX_BUFFERED_RECORDS,
                                StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG,
                                MAX_BUFFERED_RECORDS,
                                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                                MAX_REQUEST_BYTES));
    }
}
