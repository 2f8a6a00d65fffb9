package sparsestream.trainer;

import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.Topic;
import sparsestream.kafka.KafkaClients;

/** Reads what was committed under a key. */
public final class StateReader {
    private StateReader() {}

    /**
     * The newest version that was committed under a key; empty if it was never written.
     *
     * @throws TrainerException if there was one and it is no longer whole
     */
    public static Optional<Checkpoint> newest(Admin admin, KafkaClients clients, Topic topic, String key) {
        return read(admin, clients, topic, key).newest();
    }

    /** Reads a compacted topic to its end for what it tells of one key. */
    public static StateHistory read(Admin admin, KafkaClients clients, Topic topic, String key) {
        TopicPartition partition = new TopicPartition(topic.name(), 0);
        StateHistory history = new StateHistory(key);
        // To the end with open transactions counted: what this key committed after another trainer's transaction began
        // lies behind that. They end soon, by themselves or by their timeout.
        new TopicRange(partition, 0, TopicRange.end(admin, partition)).read(clients, history::accept);
        return history;
    }
}
