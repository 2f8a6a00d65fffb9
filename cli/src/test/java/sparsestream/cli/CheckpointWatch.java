package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the manifests on {@code model.checkpoints} as they are committed, as a sampler does: what was taken back afterwards, by a broker that
 * had not got it, would still be here.
 */
final class CheckpointWatch implements AutoCloseable {
    private static final TopicPartition CHECKPOINTS = new TopicPartition("model.checkpoints", 0);

    private final String bootstrapServers;
    private final FutureTask<Map<Long, Manifest>> reading = new FutureTask<>(this::read);
    private volatile boolean stopped;

    /**
     * A checkpoint, without its tensors.
     *
     * @param key {@code run/model}
     * @param text JSON, with the SHA-256 of all the rest
     */
    record Manifest(String key, long version, String text) {}

    /** The topic must be there. */
    CheckpointWatch(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        new Thread(reading, "checkpoint-watch").start();
    }

    private Map<Long, Manifest> read() {
        Map<Long, Manifest> manifests = new LinkedHashMap<>();
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "none");
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(CHECKPOINTS));
            consumer.seekToBeginning(List.of(CHECKPOINTS));
            while (!stopped) {
                poll(consumer, manifests);
            }
            long end = consumer.endOffsets(List.of(CHECKPOINTS)).get(CHECKPOINTS);
            while (consumer.position(CHECKPOINTS) < end) {
                poll(consumer, manifests);
            }
        }
        return manifests;
    }

    private static void poll(Consumer<byte[], byte[]> consumer, Map<Long, Manifest> manifests) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> note(record, manifests));
    }

    private static void note(ConsumerRecord<byte[], byte[]> record, Map<Long, Manifest> manifests) {
        String key = new String(record.key(), UTF_8);
        if (!key.contains("/part-")) {
            long version = Long.parseLong(
                    new String(record.headers().lastHeader("version").value(), UTF_8));
            manifests.put(record.offset(), new Manifest(key, version, new String(record.value(), UTF_8)));
        }
    }

    /** Ends it at the end of the topic, and returns each manifest that it saw, by its offset, in the order in which it saw them. */
    Map<Long, Manifest> stop() throws Exception {
        stopped = true;
        return reading.get(30, TimeUnit.SECONDS);
    }

    /** The manifests that the topic has now, likewise. */
    static Map<Long, Manifest> onTopic(String bootstrapServers) {
        Map<Long, Manifest> manifests = new LinkedHashMap<>();
        CommittedTopic.read(bootstrapServers, CHECKPOINTS.topic()).forEach(record -> note(record, manifests));
        return manifests;
    }

    /** Requires that each is of a later version than the one before it of its model; returns the last version of each. */
    static Map<String, Long> requireVersionsGrow(Collection<Manifest> manifests) {
        Map<String, Long> last = new HashMap<>();
        for (Manifest manifest : manifests) {
            assertThat(manifest.version()).as(manifest.key()).isGreaterThan(last.getOrDefault(manifest.key(), 0L));
            last.put(manifest.key(), manifest.version());
        }
        return last;
    }

    @Override
    public void close() {
        stopped = true;
    }
}
