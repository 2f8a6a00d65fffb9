package sparsestream.published;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import sparsestream.kafka.BoundedRead;

/** Part of a partition, read once from end to end. */
final class TopicStretch {
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;

    /** @throws PublishedException if there is no such partition */
    TopicStretch(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        this.consumer = consumer;
        this.partition = partition;
        Map<String, List<PartitionInfo>> topics = consumer.listTopics();
        if (!topics.containsKey(partition.topic())) {
            throw new PublishedException("there is no topic " + partition.topic());
        }
        if (topics.get(partition.topic()).stream().noneMatch(info -> info.partition() == partition.partition())) {
            throw new PublishedException(partition.topic() + " has no partition " + partition.partition());
        }
        consumer.assign(Set.of(partition));
    }

    /** The first offset that is there. */
    long begin() {
        return consumer.beginningOffsets(Set.of(partition)).get(partition);
    }

    /** The offset after the last that is committed. */
    long end() {
        return consumer.endOffsets(Set.of(partition)).get(partition);
    }

    /**
     * Hands over the records at offsets [from, to) in their order.
     *
     * @throws TimeoutException if the broker stops answering
     */
    void read(long from, long to, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        new BoundedRead(consumer, SILENCE).read(partition, from, to, reader);
    }
}
