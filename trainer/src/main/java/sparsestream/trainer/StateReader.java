package sparsestream.trainer;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.Topic;

/** Reads what was committed under a key. */
public final class StateReader {
    private StateReader() {}

    /**
     * The newest version that was committed under a key; empty if it was never written.
     *
     * @throws TrainerException if there was one and it is no longer whole
     */
    public static Optional<Checkpoint> newest(Admin admin, Map<String, Object> kafka, Topic topic, String key) {
        return read(admin, kafka, topic, key).newest();
    }

    /** Reads a compacted topic to its end for what it tells of one key. */
    static StateHistory read(Admin admin, Map<String, Object> kafka, Topic topic, String key) {
        TopicPartition partition = new TopicPartition(topic.name(), 0);
        StateHistory history = new StateHistory(key);
        // To the end with open transactions counted: what this key committed after another trainer's transaction began
        // lies behind that. They end soon, by themselves or by their timeout.
        new TopicRange(partition, 0, end(admin, partition)).read(kafka, history::accept);
        return history;
    }

    private static long end(Admin admin, TopicPartition partition) {
        try {
            return TopicRange.end(admin, partition);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException refused ? refused : new KafkaException(e.getCause());
        }
    }
}
