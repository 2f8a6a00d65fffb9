package sparsestream.published;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Topics;

/** The versions that {@code model.checkpoints} still has: the newest of each run and model, and others until compaction. */
public final class PublishedVersions {
    private final TopicReader clients;
    private final TopicPartition partition;

    /** @param kafka Kafka client settings, {@code bootstrap.servers} among them */
    public PublishedVersions(Map<String, Object> kafka, Topics topics) {
        this.clients = new TopicReader(kafka);
        this.partition = new TopicPartition(topics.modelCheckpoints().name(), 0);
    }

    /**
     * The version of a run's model; empty if it is not there, or no longer.
     *
     * @throws PublishedException if the topic cannot be read, or the version is no model that draws images
     */
    public Optional<ModelVersion> find(String run, String model, long version) {
        return last(checkpoint -> checkpoint.key().equals(run + "/" + model) && checkpoint.version() == version);
    }

    /** The newest version; otherwise as {@link #find(String, String, long)}. */
    public Optional<ModelVersion> newest(String run, String model) {
        return last(checkpoint -> checkpoint.key().equals(run + "/" + model));
    }

    /** The version of a model with this SHA-256, of whatever run; otherwise as {@link #find(String, String, long)}. */
    Optional<ModelVersion> find(String model, String sha256) {
        return last(checkpoint ->
                checkpoint.key().endsWith("/" + model) && checkpoint.sha256().equals(sha256));
    }

    private record Found(Checkpoint checkpoint, Instant committed) {}

    private Optional<ModelVersion> last(Predicate<Checkpoint> wanted) {
        CheckpointAssembler assembler = new CheckpointAssembler();
        List<Found> found = new ArrayList<>(1);
        try (Consumer<byte[], byte[]> consumer = clients.open()) {
            TopicStretch topic = new TopicStretch(consumer, partition);
            topic.read(topic.begin(), topic.end(), record -> assemble(assembler, record)
                    .filter(wanted)
                    .ifPresent(checkpoint -> {
                        found.clear();
                        found.add(new Found(checkpoint, Instant.ofEpochMilli(record.timestamp())));
                    }));
        } catch (KafkaException e) {
            throw new PublishedException(partition.topic() + " cannot be read: " + clients.reason(e), e);
        }
        return found.stream().map(PublishedVersions::load).findFirst();
    }

    /** What compaction has taken parts of is as if it were not there. */
    private static Optional<Checkpoint> assemble(CheckpointAssembler assembler, ConsumerRecord<byte[], byte[]> record) {
        try {
            return assembler.accept(record);
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
    }

    private static ModelVersion load(Found found) {
        Checkpoint checkpoint = found.checkpoint();
        String model = checkpoint.key().substring(checkpoint.key().indexOf('/') + 1);
        try {
            return ModelVersion.load(model, checkpoint, found.committed());
        } catch (MalformedMessageException e) {
            throw new PublishedException(
                    "version " + checkpoint.version() + " of " + model + " cannot be used: " + e.getMessage(), e);
        }
    }
}
