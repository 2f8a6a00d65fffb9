package sparsestream.sampler;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.Reason;

/** Opens the Kafka clients of a sampler. */
public final class SamplerClients {
    /** Short, since every wait must give way to a request to stop; waits are repeated until it comes. */
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private static final Map<String, String> OF_EVERY_CONSUMER =
            Map.of("auto.offset.reset", "earliest", "default.api.timeout.ms", String.valueOf(ANSWER.toMillis()));

    private final KafkaClients clients;

    SamplerClients(KafkaClients clients) {
        this.clients = clients;
    }

    /**
     * For questions that may have to give way to a request to stop.
     *
     * @param role tells the clients of one sampler apart, in meters too
     */
    public Admin admin(String role) {
        return clients.admin(id(role), ANSWER);
    }

    /** Reads from the beginning of what it is told to read; otherwise as {@link #admin}. */
    public Consumer<byte[], byte[]> consumer(String role) {
        return clients.reader(Map.of("client.id", id(role)), OF_EVERY_CONSUMER);
    }

    /**
     * Shares the requests with the others of its group. Takes few at a time, since what it has taken waits for it alone; gives
     * a sampler that died up after 6 s.
     */
    Consumer<byte[], byte[]> requests(String group) {
        Map<String, String> required = new HashMap<>(OF_EVERY_CONSUMER);
        required.put("max.poll.records", "16");
        return clients.member(
                group,
                Map.of("client.id", id("requests"), "session.timeout.ms", "6000", "heartbeat.interval.ms", "2000"),
                required);
    }

    /**
     * Idempotent, in order, and never giving up on an image that it has taken. While the broker is gone, drawing
     * pauses instead of piling up what nobody sees.
     *
     * <p>Not compressed, since a PNG is already: gzip made the headers around it smaller, and took as long as all else that client and
     * broker do with an image.
     */
    Producer<byte[], byte[]> producer() {
        return clients.producer(
                Map.of(
                        "client.id",
                        id("producer"),
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
                        "max.block.ms", "1000"));
    }

    /** Why something failed, in the words of the settings. */
    public String reason(KafkaException failure) {
        return Reason.of(failure, clients.userSettings());
    }

    private static String id(String role) {
        return "sparsestream-sampler-" + role;
    }
}
