package sparsestream.producer;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.StringSerializer;
import sparsestream.kafka.KafkaClients;

/** Opens the Kafka clients of a producer. */
final class ProducerClients {
    private static final String ID = "sparsestream-producer";

    /** Short, since every wait must give way to a request to stop; waits are repeated until it comes. */
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final KafkaClients clients;

    ProducerClients(KafkaClients clients) {
        this.clients = clients;
    }

    Admin admin() {
        return clients.admin(ID, ANSWER);
    }

    Consumer<byte[], byte[]> consumer() {
        return clients.reader(
                // From the earliest where retention has just deleted what was about to be read.
                Map.of("client.id", ID, "auto.offset.reset", "earliest"),
                Map.of("default.api.timeout.ms", String.valueOf(ANSWER.toMillis())));
    }

    /**
     * Idempotent, in order, and never giving up on a batch that it has taken: the stream has no holes.
     *
     * <p>Measured on 400 batches of 128 MNIST images, 100,632 bytes each, CPU time to pack and to unpack: zstd level 1
     * 21,214 bytes, 0.21 and 0.08 ms; zstd level 3, the default, 21,380 bytes, 0.25 and 0.09 ms; lz4 29,107 bytes, 0.13
     * and 0.04 ms. At 10,000 images a second the difference to lz4 is 1 % of a core against 27 % of disk and network.
     */
    Producer<String, byte[]> producer() {
        return clients.producer(
                new StringSerializer(),
                Map.of("client.id", ID, "compression.type", "zstd", "compression.zstd.level", "1"),
                Map.of(
                        "acks", "all",
                        "enable.idempotence", "true",
                        "retries", String.valueOf(Integer.MAX_VALUE),
                        "delivery.timeout.ms", String.valueOf(Integer.MAX_VALUE),
                        "max.block.ms", "1000"));
    }
}
