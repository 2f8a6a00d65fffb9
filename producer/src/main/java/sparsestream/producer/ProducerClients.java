package sparsestream.producer;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Opens the Kafka clients, each with the user's settings between what may and what may not be overridden. */
final class ProducerClients {
    /** Short, since every wait must give way to a request to stop; waits are repeated until it comes. */
    private static final String WAIT_MS = "5000";

    private final Map<String, String> userSettings;

    ProducerClients(Map<String, String> userSettings) {
        this.userSettings = userSettings;
    }

    Admin admin() {
        return Admin.create(
                settings(Map.of(), Map.of("default.api.timeout.ms", WAIT_MS, "request.timeout.ms", WAIT_MS)));
    }

    /** Reads without a group, and only what was committed. */
    Consumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                settings(
                        Map.of(),
                        Map.of(
                                "isolation.level", "read_committed",
                                // Where retention has just deleted what was about to be read.
                                "auto.offset.reset", "earliest",
                                "enable.auto.commit", "false",
                                "default.api.timeout.ms", WAIT_MS)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /**
     * Idempotent, in order, and never giving up on a batch that it has taken: the stream has no holes.
     *
     * <p>Measured on 400 batches of 128 MNIST images, 100,632 bytes each, CPU time to pack and to unpack: zstd level 1
     * 21,214 bytes, 0.21 and 0.08 ms; zstd level 3, the default, 21,380 bytes, 0.25 and 0.09 ms; lz4 29,107 bytes, 0.13
     * and 0.04 ms. At 10,000 images a second the difference to lz4 is 1 % of a core against 27 % of disk and network.
     */
    Producer<String, byte[]> producer() {
        return new KafkaProducer<>(
                settings(
                        Map.of("compression.type", "zstd", "compression.zstd.level", "1"),
                        Map.of(
                                "acks", "all",
                                "enable.idempotence", "true",
                                "retries", String.valueOf(Integer.MAX_VALUE),
                                "delivery.timeout.ms", String.valueOf(Integer.MAX_VALUE),
                                "max.block.ms", "1000")),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    private Map<String, Object> settings(Map<String, String> defaults, Map<String, String> required) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("client.id", "sparsestream-producer");
        settings.putAll(defaults);
        settings.putAll(userSettings);
        settings.putAll(required);
        return settings;
    }
}
