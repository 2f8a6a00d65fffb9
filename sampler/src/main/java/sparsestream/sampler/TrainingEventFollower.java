package sparsestream.sampler;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code training.events} from the beginning into the history, until the connection is stopped. Waits for the topic and for
 * the cluster. A cluster that refuses it leaves the page without curves and events, and the images go on.
 */
final class TrainingEventFollower implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingEventFollower.class);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    private static final long RETRY_MS = 1_000;

    private final SamplerClients clients;
    private final TopicPartition partition;
    private final TrainingHistory history;
    private final Connection connection;

    TrainingEventFollower(SamplerClients clients, String topic, TrainingHistory history, Connection connection) {
        this.clients = clients;
        this.partition = new TopicPartition(topic, 0);
        this.history = history;
        this.connection = connection;
    }

    @Override
    public void run() {
        try {
            if (awaitTopic()) {
                follow();
            }
        } catch (KafkaException e) {
            LOG.warn("{} cannot be read, so the page has no curves: {}", partition.topic(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitTopic() throws InterruptedException {
        try (Admin admin = clients.admin("events-admin")) {
            while (!connection.stopped()) {
                if (exists(admin)) {
                    return true;
                }
                connection.pause(RETRY_MS);
            }
            return false;
        }
    }

    /** A cluster that does not answer is told to health by the other threads. */
    private boolean exists(Admin admin) {
        try {
            admin.describeTopics(List.of(partition.topic())).allTopicNames().get();
            return true;
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            // A topic that is not there is retriable too.
            if (e.getCause() instanceof RetriableException) {
                return false;
            }
            throw e.getCause() instanceof KafkaException refused ? refused : new KafkaException(e.getCause());
        }
    }

    private void follow() throws InterruptedException {
        try (Consumer<byte[], byte[]> consumer = clients.consumer("events-consumer")) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (!connection.stopped()) {
                try {
                    consumer.poll(POLL_TIMEOUT)
                            .forEach(record -> ReportedEvent.of(record).ifPresent(history::add));
                } catch (RetriableException e) {
                    connection.pause(RETRY_MS);
                }
            }
        }
    }
}
