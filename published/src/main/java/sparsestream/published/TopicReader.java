package sparsestream.published;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.Reason;

/** Opens consumers that read what is on a topic now. */
final class TopicReader {
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final KafkaClients clients;

    /** @param kafka Kafka client settings, {@code bootstrap.servers} among them */
    TopicReader(Map<String, Object> kafka) {
        this.clients = new KafkaClients(kafka);
    }

    Consumer<byte[], byte[]> open() {
        return clients.reader(
                Map.of("client.id", "sparsestream-published-consumer"),
                Map.of("auto.offset.reset", "earliest", "default.api.timeout.ms", String.valueOf(ANSWER.toMillis())));
    }

    /** Why something failed, in the words of the settings. */
    String reason(KafkaException failure) {
        return Reason.of(failure, clients.userSettings());
    }
}
