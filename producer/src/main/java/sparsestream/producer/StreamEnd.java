package sparsestream.producer;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
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
     * Where the stream of this dataset and seed goes on: after its last batch, and before that with what a partition lacks of a stream
     * in batches of this size.
     *
     * @throws TimeoutException if the end cannot be read in time
     */
    Turns next(String topic, String dataset, long seed, int batchSize) {
        List<TopicPartition> partitions = partitions(topic);
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.beginningOffsets(partitions)
                .forEach((partition, first) ->
                        consumer.seek(partition, Math.max(first, ends.get(partition) - TAIL_OFFSETS)));
        Map<TopicPartition, BatchOrigin> last = new HashMap<>();
        for (int poll = 0; poll < maxPolls; poll++) {
            for (ConsumerRecord<byte[], byte[]> tail : consumer.poll(POLL)) {
                BatchOrigin.of(tail.headers())
                        .filter(origin -> origin.isOf(dataset, seed))
                        .ifPresent(origin -> last.merge(
                                new TopicPartition(topic, tail.partition()),
                                origin,
                                BinaryOperator.maxBy(Comparator.comparingLong(BatchOrigin::end))));
            }
            if (ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                return next(partitions, ends, last, batchSize);
            }
        }
        throw new TimeoutException("cannot read the end of topic " + topic);
    }

    /**
     * The topic's partitions in order.
     *
     * @throws TimeoutException if it is not there yet
     */
    List<TopicPartition> partitions(String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .sorted(Comparator.comparingInt(TopicPartition::partition))
                .toList();
        if (partitions.isEmpty()) {
            // Just created, and not yet known to the broker that was asked: not an empty topic, which would begin anew.
            throw new TimeoutException("topic " + topic + " is not there yet");
        }
        return partitions;
    }

    private static Turns next(
            List<TopicPartition> partitions,
            Map<TopicPartition, Long> ends,
            Map<TopicPartition, BatchOrigin> last,
            int batchSize) {
        long end = last.values().stream().mapToLong(BatchOrigin::end).max().orElse(0);
        Turns afterAll = Turns.from(end, batchSize, partitions.size());
        boolean inTurns = last.entrySet().stream()
                .allMatch(each -> isInTurn(each.getValue(), each.getKey().partition(), afterAll));
        if (!inTurns) {
            // Batches of another size, or an end that was asked for: what is missing before it can't be told.
            return afterAll;
        }
        return new Turns(
                batchSize,
                partitions.stream()
                        .map(partition -> last.containsKey(partition)
                                ? last.get(partition).position() + (long) batchSize * partitions.size()
                                : firstOf(partition, ends.get(partition), end, batchSize))
                        .toList());
    }

    private static boolean isInTurn(BatchOrigin origin, int partition, Turns turns) {
        return origin.images() == turns.batchSize()
                && origin.position() % turns.batchSize() == 0
                && turns.partition(origin.position()) == partition;
    }

    /** A partition that has never had a record lacks its first batch; what others have written to hides how far the stream was. */
    private static long firstOf(TopicPartition partition, long endOffset, long streamEnd, int batchSize) {
        return endOffset == 0 ? (long) partition.partition() * batchSize : streamEnd;
    }
}
