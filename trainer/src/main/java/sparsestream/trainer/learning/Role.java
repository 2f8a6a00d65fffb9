package sparsestream.trainer.learning;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Metadata;
import sparsestream.model.Settings;
import sparsestream.model.StreamModel;

/**
 * The part that the learner of one partition plays among those of the run: when it may learn, what else its transactions hold, and
 * whose model it goes on from. What is not overridden is that of a learner which has nothing to do with others.
 *
 * <p>A pure function of what it is told: no Kafka client, no clock. For one thread.
 */
public interface Role {
    /** Learns all there is, and gives and takes nothing. */
    Role ALONE = new Role() {};

    /** The model before its first batch. */
    default StreamModel create(ModelSettings settings, int threads) {
        return settings.create(threads);
    }

    /** The model begins at this offset. */
    default void begin(StreamModel model, long offset) {}

    /** Whether the learner may be given records now. */
    default boolean takesRecords() {
        return true;
    }

    /** A batch was learned. */
    default void learned(int images, Map<String, Double> losses, long timestampMs) {}

    /**
     * Whether there is something to give to others now.
     *
     * @param idle for how long there have been no records to learn; zero while there are some
     */
    default boolean isDue(Duration idle) {
        return false;
    }

    /** What belongs in the next transaction too. */
    default List<ProducerRecord<byte[], byte[]>> give(StreamModel model, long nextOffset) {
        return List.of();
    }

    /**
     * Puts what has come from others into the model, if it is time for that.
     *
     * @return whether it was
     * @throws TrainerException if that is not of this run as it is set up here
     */
    default boolean takeOver(StreamModel model, long nextOffset) {
        return false;
    }

    /** Whether the learner's own model is for the world. */
    default boolean isPublic() {
        return true;
    }

    /** Part of the run's settings. */
    default Settings settings() {
        return Settings.NONE;
    }

    /** Adds what {@link #restore} needs. */
    default void addTo(Map<String, String> metadata, Map<String, float[]> tensors) {}

    /**
     * Goes back to what was saved, and takes its own out of the tensors.
     *
     * @throws MalformedMessageException if it is not such a state
     */
    default void restore(Metadata metadata, Map<String, float[]> tensors) throws MalformedMessageException {}
}
