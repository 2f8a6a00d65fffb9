package sparsestream.sampler.gallery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.kafka.Connection;
import sparsestream.kafka.TopicLookup;
import sparsestream.kafka.Verdict;
import sparsestream.sampler.SamplerClients;

/**
 * Reads {@code training.events} from the beginning into the history, until the connection is stopped. Waits for the topic and for
 * the cluster. A cluster that refuses it leaves the page without curves and events, and the images go on.
 */
final class TrainingEventFollower implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingEventFollower.class);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final SamplerClients clients;
    private final String topic;
    private final TrainingHistory history;
    private final Connection connection;

    TrainingEventFollower(SamplerClients clients, String topic, TrainingHistory history, Connection connection) {
        this.clients = clients;
        this.topic = topic;
        this.history = history;
        this.connection = connection;
    }

    @Override
    public void run() {
        try {
            List<TopicPartition> partitions = awaitTopic();
            if (!partitions.isEmpty()) {
                follow(partitions);
            }
        } catch (KafkaException e) {
            LOG.warn("{} cannot be read, so the page has no curves: {}", topic, clients.reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All of its partitions, of which there are several if somebody else has made it; none once this is to stop. */
    private List<TopicPartition> awaitTopic() throws InterruptedException {
        try (Admin admin = clients.admin("events-admin")) {
            while (!connection.stopped()) {
                Optional<List<TopicPartition>> partitions = partitions(admin);
                if (partitions.isPresent()) {
                    return partitions.get();
                }
                connection.pause(RETRY);
            }
            return List.of();
        }
    }

    /** A cluster that does not answer is told of by the other threads. */
    private Optional<List<TopicPartition>> partitions(Admin admin) {
        try {
            return TopicLookup.partitions(admin, topic);
        } catch (KafkaException e) {
            if (Verdict.of(e) == Verdict.END) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private void follow(List<TopicPartition> partitions) throws InterruptedException {
        try (Consumer<byte[], byte[]> consumer = clients.consumer("events-consumer")) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!connection.stopped()) {
                try {
                    consumer.poll(POLL_TIMEOUT)
                            .forEach(record -> ReportedEvent.of(record).ifPresent(history::add));
                } catch (KafkaException e) {
                    if (Verdict.of(e) == Verdict.END) {
                        throw e;
                    }
                    connection.pause(RETRY);
                }
            }
        }
    }
}
