package sparsestream.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Reads stretches of partitions once, from end to end, with a consumer that it is lent. What is committed and still there is handed
 * over; of a stretch that retention has cut, a consumer with {@code auto.offset.reset=earliest} reads what is left.
 */
public final class BoundedRead {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final Duration silence;
    private final BooleanSupplier stopped;

    /**
     * Offsets of a partition.
     *
     * @param from first offset
     * @param to last offset, exclusive
     */
    public record Stretch(long from, long to) {}

    /** @param silence after which a stretch that comes no further is given up */
    public BoundedRead(Consumer<byte[], byte[]> consumer, Duration silence) {
        this(consumer, silence, () -> false);
    }

    /** @param stopped whether to return at once, however much is unread */
    public BoundedRead(Consumer<byte[], byte[]> consumer, Duration silence, BooleanSupplier stopped) {
        this.consumer = consumer;
        this.silence = silence;
        this.stopped = stopped;
    }

    /**
     * Hands over the records at offsets [from, to) of a partition in their order.
     *
     * @throws TimeoutException if the partition's end is not known or its records do not come in time
     * @throws InvalidOffsetException if some are not there any more, and the consumer is to say so
     */
    public void read(
            TopicPartition partition,
            long from,
            long to,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        read(Map.of(partition, new Stretch(from, to)), reader);
    }

    /** The same for stretches of several partitions, each in its order. */
    public void read(
            Map<TopicPartition, Stretch> stretches,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        consumer.assign(stretches.keySet());
        consumer.resume(stretches.keySet());
        stretches.forEach((partition, stretch) -> consumer.seek(partition, stretch.from()));
        Map<TopicPartition, Long> reached = new HashMap<>();
        long progressNanos = System.nanoTime();
        while (!stopped.getAsBoolean() && !isRead(stretches)) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                Stretch stretch = stretches.get(new TopicPartition(record.topic(), record.partition()));
                if (record.offset() < stretch.to()) {
                    reader.accept(record);
                }
            }
            Map<TopicPartition, Long> positions = new HashMap<>();
            stretches.keySet().forEach(partition -> positions.put(partition, consumer.position(partition)));
            if (!positions.equals(reached)) {
                reached = positions;
                progressNanos = System.nanoTime();
            } else if (System.nanoTime() - progressNanos > silence.toNanos()) {
                throw new TimeoutException("nothing comes for %s s of %s"
                        .formatted(
                                silence.toSeconds(),
                                reached.entrySet().stream()
                                        .map(place -> place.getKey() + " from offset " + place.getValue())
                                        .sorted()
                                        .collect(Collectors.joining(", "))));
            }
        }
    }

    /** Whether all have been read; those that have are read no further. */
    private boolean isRead(Map<TopicPartition, Stretch> stretches) {
        List<TopicPartition> read = stretches.keySet().stream()
                .filter(partition ->
                        consumer.position(partition) >= stretches.get(partition).to())
                .toList();
        consumer.pause(read);
        return read.size() == stretches.size();
    }
}
