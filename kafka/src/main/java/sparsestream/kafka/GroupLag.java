package sparsestream.kafka;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * How many records of a topic a consumer group has not committed yet. The cluster is asked, by a {@link ClusterProbe}: what a consumer
 * says of its own lag goes with the consumer when that fails, which is when it matters.
 */
public final class GroupLag {
    private static final Logger log = LoggerFactory.getLogger(GroupLag.class);

    private final String group;
    private final String topic;
    private volatile double records = Double.NaN;
    private boolean told;

    /** The lag of a group on one of the topics that it reads. */
    public GroupLag(String group, String topic) {
        this.group = group;
        this.topic = topic;
    }

    /** When the cluster was last asked; not a number before. Of several processes in the group each says the lag of all. */
    public double records() {
        return records;
    }

    /** What does not answer, or is not there yet, leaves the lag as it was. */
    void ask(Admin admin) {
        try {
            records = count(admin);
        } catch (AuthorizationException e) {
            log.atLevel(told ? Level.DEBUG : Level.WARN)
                    .log("cannot tell how far group {} is behind on {}: {}", group, topic, e.getMessage());
            told = true;
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            log.debug("nobody tells how far group {} is behind on {}: {}", group, topic, e.getMessage());
        }
    }

    private long count(Admin admin) {
        List<TopicPartition> partitions =
                Answers.await(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions().stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
        Map<TopicPartition, Long> beginnings = offsets(admin, partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(admin, partitions, OffsetSpec.latest());
        Map<TopicPartition, OffsetAndMetadata> committed =
                Answers.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        long waiting = 0;
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata reached = committed.get(partition);
            long next = Math.max(beginnings.get(partition), reached == null ? 0 : reached.offset());
            waiting += Math.max(0, ends.get(partition) - next);
        }
        return waiting;
    }

    /** Records of transactions that are open yet do not wait: nobody may read them. */
    private static Map<TopicPartition, Long> offsets(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec where) {
        Map<TopicPartition, OffsetSpec> asked =
                partitions.stream().collect(Collectors.toMap(partition -> partition, any -> where));
        Map<TopicPartition, ListOffsetsResultInfo> answer =
                Answers.await(admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all());
        return answer.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, offset -> offset.getValue()
                .offset()));
    }
}
