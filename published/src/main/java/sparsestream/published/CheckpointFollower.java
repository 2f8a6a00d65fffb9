package sparsestream.published;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import sparsestream.kafka.Connection;

/**
 * Reads {@code model.checkpoints} from the beginning and tells of the versions of a run's models.
 *
 * <p>To a Kafka consumer a broker that is gone looks like a quiet topic. So the end of the topic is asked for every few
 * seconds, which tells both whether the cluster answers and when the history has been read.
 */
public final class CheckpointFollower {
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    private static final long PROBE_INTERVAL_NANOS = 2_000_000_000;

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final CheckpointIntake intake;
    private final VersionListener listener;
    private final Connection connection;
    private Optional<Long> historyEnd = Optional.empty();

    /** @param models the others of the run are left out */
    public CheckpointFollower(
            Consumer<byte[], byte[]> consumer,
            String topic,
            String runId,
            Collection<String> models,
            VersionListener listener,
            Connection connection) {
        this.consumer = consumer;
        this.partition = new TopicPartition(topic, 0);
        this.intake = new CheckpointIntake(runId, models, listener);
        this.listener = listener;
        this.connection = connection;
    }

    /** Follows until the connection is stopped, in the calling thread. The topic must exist. */
    public void follow() {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        try {
            long probedNanos = probe();
            while (!connection.stopped()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL_TIMEOUT)) {
                    intake.accept(record).ifPresent(listener::arrived);
                }
                if (System.nanoTime() - probedNanos > PROBE_INTERVAL_NANOS) {
                    probedNanos = probe();
                }
                if (intake.isCatchingUp() && historyIsRead()) {
                    intake.caughtUp().forEach(listener::found);
                    listener.caughtUp();
                }
            }
        } catch (WakeupException e) {
            if (!connection.stopped()) {
                throw e;
            }
        }
    }

    /** Ends a wait for the broker; to be called from any thread, after the connection was stopped. */
    public void wakeUp() {
        consumer.wakeup();
    }

    private long probe() {
        Optional<Long> end =
                connection.ask(() -> consumer.endOffsets(List.of(partition)).get(partition));
        historyEnd = historyEnd.or(() -> end);
        return System.nanoTime();
    }

    private boolean historyIsRead() {
        return historyEnd.isPresent()
                && connection
                        .ask(() -> consumer.position(partition))
                        .filter(position -> position >= historyEnd.get())
                        .isPresent();
    }
}
