package sparsestream.sampler;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.MalformedMessageException;
import sparsestream.kafka.BoundedRead;

/**
 * Where a restarted sampler goes on: after the last image of each model that this source has put on {@code
 * images.generated}, whatever its seed, so that no (seed, index) comes twice.
 *
 * <p>Searches from the end of each partition, in steps that grow, through the last {@value #MAX_RECORDS} records at most. A
 * model whose last image lies before them starts at 0; by then it is another version that draws.
 */
final class NextIndexes {
    private static final long MAX_RECORDS = 200_000;
    private static final long FIRST_STEP = 1_000;
    private static final long GROWTH = 8;
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;
    private final String source;
    private final Set<String> models;
    private final Map<String, Long> next = new HashMap<>();

    private NextIndexes(Consumer<byte[], byte[]> consumer, String source, Set<String> models) {
        this.consumer = consumer;
        this.source = source;
        this.models = models;
    }

    /**
     * The index to go on with for each model that was found.
     *
     * @throws TimeoutException if the broker does not answer
     */
    static Map<String, Long> read(Consumer<byte[], byte[]> consumer, String topic, String source, Set<String> models) {
        NextIndexes indexes = new NextIndexes(consumer, source, models);
        for (var info : consumer.partitionsFor(topic)) {
            indexes.search(new TopicPartition(topic, info.partition()));
        }
        return Map.copyOf(indexes.next);
    }

    private void search(TopicPartition partition) {
        consumer.assign(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        long begin = Math.max(consumer.beginningOffsets(List.of(partition)).get(partition), end - MAX_RECORDS);
        Set<String> missing = new HashSet<>(models);
        long step = FIRST_STEP;
        for (long to = end; to > begin && !missing.isEmpty(); step *= GROWTH) {
            long from = Math.max(begin, to - step);
            missing.removeAll(scan(partition, from, to));
            to = from;
        }
    }

    /** Takes note of the images at offsets [from, to); answers whose they are. */
    private Set<String> scan(TopicPartition partition, long from, long to) {
        Set<String> found = new HashSet<>();
        new BoundedRead(consumer, SILENCE).read(partition, from, to, record -> note(record, found));
        return found;
    }

    private void note(ConsumerRecord<byte[], byte[]> record, Set<String> found) {
        try {
            GeneratedImage image = GeneratedImage.fromRecord(record);
            if (image.requestId().isEmpty() && image.source().equals(source) && models.contains(image.model())) {
                next.merge(image.model(), image.index() + 1, Math::max);
                found.add(image.model());
            }
        } catch (MalformedMessageException e) {
            // Somebody else's record: it has no index.
        }
    }
}
