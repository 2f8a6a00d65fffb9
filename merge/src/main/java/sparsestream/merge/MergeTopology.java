package sparsestream.merge;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import sparsestream.contract.Topic;

/**
 * {@code model.contributions} to {@code model.checkpoints}, {@code model.rounds} and {@code training.events}: one task a partition, with
 * the contributions of open rounds and the merged models in a changelogged store in memory.
 */
final class MergeTopology implements Supplier<Topology> {
    static final String STORE = "rounds";
    static final String CHECKPOINTS = "checkpoints";
    static final String ROUNDS = "records";
    static final String EVENTS = "events";

    private static final String CONTRIBUTIONS = "contributions";
    private static final String PROCESSOR = "merge";

    private final MergeConfig config;
    private final MergeMetrics metrics;

    MergeTopology(MergeConfig config, MergeMetrics metrics) {
        this.config = config;
        this.metrics = metrics;
    }

    @Override
    public Topology get() {
        Topology topology = new Topology()
                .addSource(
                        AutoOffsetReset.earliest(),
                        CONTRIBUTIONS,
                        MergeTopology::timestamp,
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        config.topics().modelContributions().name())
                .addProcessor(PROCESSOR, () -> new MergeProcessor(config, STORE, metrics), CONTRIBUTIONS)
                .addStateStore(store(), PROCESSOR);
        addSink(topology, CHECKPOINTS, config.topics().modelCheckpoints());
        addSink(topology, ROUNDS, config.topics().modelRounds());
        addSink(topology, EVENTS, config.topics().trainingEvents());
        return topology;
    }

    /** All records go to partition 0, where their readers look for them. */
    private static void addSink(Topology topology, String name, Topic topic) {
        topology.addSink(
                name,
                topic.name(),
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                (any, key, value, partitions) -> Optional.of(Set.of(0)),
                PROCESSOR);
    }

    /** In memory, since it must be there as a whole to be merged; a task that moves reads it back from the changelog. */
    private static StoreBuilder<KeyValueStore<String, byte[]>> store() {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                .withLoggingEnabled(Map.of(
                        TopicConfig.SEGMENT_BYTES_CONFIG,
                        String.valueOf(32 << 20),
                        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                        "0.1"));
    }

    /** Whatever time a client tells is no reason to stop. */
    private static long timestamp(ConsumerRecord<Object, Object> record, long partitionTimeMs) {
        return Math.max(0, record.timestamp());
    }
}
