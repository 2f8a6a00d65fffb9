package sparsestream.producer.ingest;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * {@code images.raw} to {@code images.batches}: one task a partition, with a changelogged shuffle buffer in memory.
 *
 * <p>All batches of a raw partition go to one partition of {@code images.batches}, the raw one modulo their number, in the order in
 * which they are made. So with at least as many partitions of batches as of images each partition is deterministic; with fewer, the
 * order in which streams take turns is not.
 */
public final class IngestTopology implements Supplier<Topology> {
    static final String STORE = "shuffle";

    private static final String IMAGES = "images";
    private static final String PROCESSOR = "batch";
    private static final String BATCHES = "batches";

    private final String imagesTopic;
    private final String batchesTopic;
    private final ImageRules images;
    private final BatchRules batches;
    private final IngestMetrics metrics;

    /** @throws IllegalArgumentException if a batch of such images does not fit in a record */
    public IngestTopology(
            String imagesTopic, String batchesTopic, ImageRules images, BatchRules batches, IngestMetrics metrics) {
        batches.requireFits(images);
        this.imagesTopic = imagesTopic;
        this.batchesTopic = batchesTopic;
        this.images = images;
        this.batches = batches;
        this.metrics = metrics;
    }

    @Override
    public Topology get() {
        return new Topology()
                .addSource(
                        AutoOffsetReset.earliest(),
                        IMAGES,
                        IngestTopology::timestamp,
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        imagesTopic)
                .addProcessor(PROCESSOR, this::processor, IMAGES)
                .addStateStore(store(), PROCESSOR)
                .addSink(
                        BATCHES,
                        batchesTopic,
                        new StringSerializer(),
                        IngestTopology::encode,
                        IngestTopology::partition,
                        PROCESSOR);
    }

    private BatchProcessor processor() {
        return new BatchProcessor(imagesTopic, STORE, new ImageDecoder(images), batches, metrics);
    }

    /** In memory, since it is small; a task that moves reads it back from the changelog, which is compacted early to stay short. */
    private static StoreBuilder<KeyValueStore<Integer, byte[]>> store() {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STORE), Serdes.Integer(), Serdes.ByteArray())
                .withLoggingEnabled(Map.of(
                        TopicConfig.SEGMENT_BYTES_CONFIG,
                        String.valueOf(16 << 20),
                        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                        "0.1"));
    }

    /** Some clients send none, which is no reason to stop. */
    static long timestamp(ConsumerRecord<Object, Object> record, long partitionTimeMs) {
        return Math.max(0, record.timestamp());
    }

    private static byte[] encode(String topic, StreamBatch batch) {
        return batch.batch().encode();
    }

    private static Optional<Set<Integer>> partition(String topic, String key, StreamBatch batch, int partitions) {
        return Optional.of(Set.of(batch.partition() % partitions));
    }
}
