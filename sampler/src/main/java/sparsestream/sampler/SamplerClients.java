package sparsestream.sampler;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Opens the Kafka clients, each with the user's settings between what may and what may not be overridden. */
final class SamplerClients {
    /** Short, since every wait must give way to a request to stop; waits are repeated until it comes. */
    private static final String WAIT_MS = "5000";

    private final Map<String, Object> userSettings;

    SamplerClients(Map<String, Object> userSettings) {
        this.userSettings = userSettings;
    }

    /** @param role tells the clients of one sampler apart, in meters too */
    Admin admin(String role) {
        return Admin.create(
                settings(role, Map.of(), Map.of("default.api.timeout.ms", WAIT_MS, "request.timeout.ms", WAIT_MS)));
    }

    /** Reads without a group, and only what was committed. */
    Consumer<byte[], byte[]> consumer(String role) {
        return consumer(role, Map.of(), Map.of());
    }

    /**
     * Shares the requests with the others of its group. Takes few at a time, since what it has taken waits for it alone; gives
     * a sampler that died up after 6 s.
     */
    Consumer<byte[], byte[]> requests(String group) {
        return consumer(
                "requests",
                Map.of("session.timeout.ms", "6000", "heartbeat.interval.ms", "2000"),
                Map.of("group.id", group, "max.poll.records", "16"));
    }

    private Consumer<byte[], byte[]> consumer(
            String role, Map<String, String> defaults, Map<String, String> ofThisOne) {
        Map<String, String> required = new HashMap<>(ofThisOne);
        required.putAll(Map.of(
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "allow.auto.create.topics", "false",
                "default.api.timeout.ms", WAIT_MS));
        return new KafkaConsumer<>(
                settings(role, defaults, required), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Idempotent, in order, and never giving up on an image that it has taken. While the broker is gone, drawing
     * pauses instead of piling up what nobody sees.
     *
     * <p>Not compressed, since a PNG is already: gzip made the headers around it smaller, and took as long as all else that client and
     * broker do with an image.
     */
    Producer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                settings(
                        "producer",
                        Map.of(
                                "linger.ms",
                                "5",
                                "batch.size",
                                String.valueOf(128 << 10),
                                "compression.type",
                                "none",
                                "buffer.memory",
                                String.valueOf(8 << 20)),
                        Map.of(
                                "acks", "all",
                                "enable.idempotence", "true",
                                "retries", String.valueOf(Integer.MAX_VALUE),
                                "delivery.timeout.ms", String.valueOf(Integer.MAX_VALUE),
                                "max.block.ms", "1000")),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private Map<String, Object> settings(String role, Map<String, String> defaults, Map<String, String> required) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("client.id", "sparsestream-sampler-" + role);
        settings.putAll(defaults);
        settings.putAll(userSettings);
        settings.putAll(required);
        return settings;
    }
}
