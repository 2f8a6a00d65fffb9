package sparsestream.producer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Finds in a topic where a stream ended, so that a producer that starts again goes on there. */
final class StreamEnd {
    /**
     * How many offsets back to look. The last record is enough on a topic of our own; others may have written since, and
     * the markers of their transactions take up offsets too.
     */
    private static final long TAIL_OFFSETS = 32;

    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final int maxPolls;

    /** @param timeout after which a topic that does not let itself be read to its end is an error */
    StreamEnd(Consumer<byte[], byte[]> consumer, Duration timeout) {
        this.consumer = consumer;
        this.maxPolls = (int) (timeout.toMillis() / POLL.toMillis());
    }

    /**
     * The position that follows the last batch of the stream of this dataset and seed; 0 if the topic's end holds none.
     *
     * @throws TimeoutException if the end cannot be read in time
     */
    long nextPosition(String topic, String dataset, long seed) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        if (partitions.isEmpty()) {
            // Just created, and not yet known to the broker that was asked: not an empty topic, which would begin anew.
            throw new TimeoutException("topic " + topic + " is not there yet");
        }
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.beginningOffsets(partitions)
                .forEach((partition, first) ->
                        consumer.seek(partition, Math.max(first, ends.get(partition) - TAIL_OFFSETS)));
        long next = 0;
        for (int poll = 0; poll < maxPolls; poll++) {
            for (ConsumerRecord<byte[], byte[]> tail : consumer.poll(POLL)) {
                Optional<BatchOrigin> origin = BatchOrigin.of(tail.headers()).filter(o -> o.isOf(dataset, seed));
                next = Math.max(next, origin.map(BatchOrigin::end).orElse(0L));
            }
            if (ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                return next;
            }
        }
        throw new TimeoutException("cannot read the end of topic " + topic);
    }
}
