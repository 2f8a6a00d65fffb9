package sparsestream.kafka;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks at a topic through an admin client, which never brings one into being as others may. */
public final class TopicLookup {
    private TopicLookup() {}

    /**
     * The partitions of a topic, in order; empty if there is no such topic.
     *
     * @throws KafkaException if the cluster cannot be reached or refuses
     */
    public static Optional<List<TopicPartition>> partitions(Admin admin, String topic) {
        return describe(admin, topic).map(found -> found.partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList());
    }

    static Optional<TopicDescription> describe(Admin admin, String topic) {
        try {
            return Optional.of(Answers.await(
                    admin.describeTopics(List.of(topic)).topicNameValues().get(topic)));
        } catch (UnknownTopicOrPartitionException e) {
            return Optional.empty();
        }
    }
}
