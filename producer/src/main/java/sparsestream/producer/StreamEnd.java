package sparsestream.producer;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import sparsestream.kafka.BoundedRead;

/** Finds in a topic where a stream ended, so that a producer that starts again goes on there. */
final class StreamEnd {
    /** How many offsets back to look first. The last record is enough on a topic of our own. */
    private static final long TAIL_OFFSETS = 32;

    /** Others may have written any number of batches since; in so many times larger steps they are passed over. */
    private static final long GROWTH = 8;

    /** How far back to look. What is older than that is a stream that somebody else's has taken the place of. */
    private static final long MAX_OFFSETS = 200_000;

    private final Consumer<byte[], byte[]> consumer;
    private final BoundedRead read;
    private final BooleanSupplier stopped;

    /**
     * A search of a topic.
     *
     * @param timeout after which a topic that gives nothing before its end is an error
     * @param stopped whether to give up, which makes the answer worthless
     */
    StreamEnd(Consumer<byte[], byte[]> consumer, Duration timeout, BooleanSupplier stopped) {
        this.consumer = consumer;
        this.read = new BoundedRead(consumer, timeout, stopped);
        this.stopped = stopped;
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
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, BatchOrigin> last = new HashMap<>();
        Set<TopicPartition> sought = new HashSet<>(partitions);
        Map<TopicPartition, Long> to = new HashMap<>(ends);
        for (long span = TAIL_OFFSETS; !sought.isEmpty() && !stopped.getAsBoolean(); span = wider(span)) {
            Map<TopicPartition, Long> from = new HashMap<>();
            for (TopicPartition partition : sought) {
                from.put(partition, Math.max(begins.get(partition), ends.get(partition) - span));
            }
            last.putAll(last(from, to, origin -> origin.isOf(dataset, seed)));
            boolean farEnough = span == MAX_OFFSETS;
            sought.removeIf(partition -> farEnough
                    || last.containsKey(partition)
                    || from.get(partition).equals(begins.get(partition)));
            to.putAll(from);
        }
        return next(partitions, ends, last, batchSize);
    }

    private static long wider(long span) {
        return Math.min(MAX_OFFSETS, span * GROWTH);
    }

    /** The batch that goes furthest, of those asked for at the offsets [from, to) of each partition of {@code from}. */
    private Map<TopicPartition, BatchOrigin> last(
            Map<TopicPartition, Long> from, Map<TopicPartition, Long> to, Predicate<BatchOrigin> asked) {
        Map<TopicPartition, BoundedRead.Stretch> stretches = new HashMap<>();
        from.forEach((partition, first) -> stretches.put(partition, new BoundedRead.Stretch(first, to.get(partition))));
        Map<TopicPartition, BatchOrigin> last = new HashMap<>();
        read.read(stretches, record -> BatchOrigin.of(record.headers())
                .filter(asked)
                .ifPresent(origin -> last.merge(
                        new TopicPartition(record.topic(), record.partition()),
                        origin,
                        BinaryOperator.maxBy(Comparator.comparingLong(BatchOrigin::end)))));
        return last;
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
