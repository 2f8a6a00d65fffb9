package sparsestream.producer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import sparsestream.kafka.Answers;
import sparsestream.kafka.TopicLookup;

/** Asks the cluster how far consumer groups have come on a topic. */
final class ConsumerOffsets {
    private final Admin admin;
    private final String topic;
    private final Collection<String> groups;

    ConsumerOffsets(Admin admin, String topic, Collection<String> groups) {
        this.admin = admin;
        this.topic = topic;
        this.groups = groups;
    }

    /** @throws KafkaException as the cluster refuses, a retriable one if it cannot be reached in time */
    LeadLimit.Offsets read() {
        List<TopicPartition> partitions = partitions();
        List<Map<TopicPartition, Long>> committed = new ArrayList<>();
        for (String group : groups) {
            committed.add(committed(group));
        }
        return new LeadLimit.Offsets(
                offsets(partitions, OffsetSpec::earliest), offsets(partitions, OffsetSpec::latest), committed);
    }

    private List<TopicPartition> partitions() {
        return TopicLookup.partitions(admin, topic)
                .orElseThrow(() -> new UnknownTopicOrPartitionException("there is no topic " + topic));
    }

    private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, Supplier<OffsetSpec> which) {
        Map<TopicPartition, OffsetSpec> wanted =
                partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> which.get()));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Answers.await(admin.listOffsets(wanted).all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    private Map<TopicPartition, Long> committed(String group) {
        Map<TopicPartition, Long> committed = new HashMap<>();
        try {
            Map<TopicPartition, OffsetAndMetadata> found =
                    Answers.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(group));
            found.forEach((partition, offset) -> {
                if (offset != null) {
                    committed.put(partition, offset.offset());
                }
            });
        } catch (GroupIdNotFoundException e) {
            // It has yet to commit for the first time.
        }
        return committed;
    }
}
