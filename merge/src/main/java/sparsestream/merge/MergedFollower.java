package sparsestream.merge;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.PublishedModel;
import sparsestream.kafka.KafkaClients;
import sparsestream.trainer.StateHistory;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.learning.TrainerConfig;

/** Reads {@code model.checkpoints} for the merged models of one run. For one thread. */
final class MergedFollower implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MergedFollower.class);

    private static final Duration CATCH_UP_POLL = Duration.ofMillis(200);
    private static final int FETCH_BYTES = 32 << 20;

    /** The newest merged model, and what is public of it. */
    record Newest(MergedModel model, PublishedModel published) {}

    private final String key;
    private final TopicPartition partition;
    private final Consumer<byte[], byte[]> consumer;
    private final CheckpointAssembler assembler = new CheckpointAssembler();
    private Optional<Newest> newest = Optional.empty();

    MergedFollower(TrainerConfig config, KafkaClients clients) {
        this.key = config.checkpointKey();
        this.partition = new TopicPartition(config.topics().modelCheckpoints().name(), 0);
        this.consumer = clients.reader(
                Map.of(),
                Map.of(
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                        FETCH_BYTES,
                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                        FETCH_BYTES));
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    /**
     * Reads what is committed by now.
     *
     * @throws TrainerException if the run has models that are not merged
     */
    void catchUp() {
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        Optional<Checkpoint> last = Optional.empty();
        while (consumer.position(partition) < end) {
            Optional<Checkpoint> newer = read(CATCH_UP_POLL);
            last = newer.isPresent() ? newer : last;
        }
        last.ifPresent(this::arrived);
    }

    /**
     * Waits so long for a newer model.
     *
     * @return whether there is one
     * @throws TrainerException if it is not a merged one
     */
    boolean poll(Duration wait) {
        Optional<Checkpoint> last = read(wait);
        last.ifPresent(this::arrived);
        return last.isPresent();
    }

    Optional<Newest> newest() {
        return newest;
    }

    /** The last of what arrives. */
    private Optional<Checkpoint> read(Duration wait) {
        Optional<Checkpoint> last = Optional.empty();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
            if (StateHistory.isOf(record, key)) {
                try {
                    Optional<Checkpoint> checkpoint = assembler.accept(record);
                    last = checkpoint.isPresent() ? checkpoint : last;
                } catch (MalformedMessageException e) {
                    // Usual for a version whose parts are compacted away; a newer one then follows.
                    log.debug("a checkpoint of {} can't be used: {}", key, e.getMessage());
                }
            }
        }
        return last;
    }

    private void arrived(Checkpoint checkpoint) {
        try {
            MergedModel model = MergedModel.decode(checkpoint)
                    .orElseThrow(() -> new TrainerException(
                            "%s has models that were not merged; give another --run-id".formatted(key)));
            newest = Optional.of(new Newest(model, PublishedModel.decode(checkpoint.contents())));
        } catch (MalformedMessageException e) {
            throw new TrainerException("the merged model of %s is damaged (%s)".formatted(key, e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
