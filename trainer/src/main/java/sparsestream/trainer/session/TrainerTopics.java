package sparsestream.trainer.session;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.kafka.TopicCreation;
import sparsestream.kafka.TopicLookup;
import sparsestream.trainer.learning.TrainerConfig;

/**
 * The topics that a trainer reads and writes.
 *
 * @param cooperation whose topics belong to them
 * @param admin not closed with this
 */
record TrainerTopics(TrainerConfig config, Cooperation cooperation, Admin admin) {
    /**
     * Creates those that are missing.
     *
     * @return how the others differ from what they should be
     */
    List<String> prepare() {
        Topics names = config.topics();
        List<Topic> topics = new ArrayList<>(List.of(
                names.trainerState(),
                names.modelCheckpoints().packedAsAskedBy(config.kafka()),
                names.deadLetters(),
                names.trainingEvents().packedAsAskedBy(config.kafka())));
        topics.addAll(cooperation.topics());
        List<String> differences = TopicCreation.ensure(admin, topics);
        cooperation.topics().forEach(topic -> TopicCreation.requirePartitions(admin, topic));
        return differences;
    }

    /** Whether there are batches, or may be soon: the topic is not a trainer's to create. */
    boolean hasBatches() {
        return TopicLookup.partitions(admin, batches()).isPresent();
    }

    /**
     * The partitions of the batches.
     *
     * @throws UnknownTopicOrPartitionException if there are none
     */
    List<TopicPartition> partitions() {
        return TopicLookup.partitions(admin, batches()).orElseThrow(() -> missing(batches()));
    }

    private String batches() {
        return config.topics().imageBatches().name();
    }

    static KafkaException missing(String topic) {
        return new UnknownTopicOrPartitionException("there is no topic " + topic);
    }
}
