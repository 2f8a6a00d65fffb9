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
 * whose model it goes on from. {@link #ALONE} for one that has a model of its own.
 *
 * <p>A pure function of what it is told: no Kafka client, no clock. For one thread.
 */
public interface Role {
    /** The part of a learner that has nothing to do with others. */
    Role ALONE = new Alone();

    /** The model before its first batch. */
    StreamModel create(ModelSettings settings, int threads);

    /** The model begins at this offset. */
    void begin(StreamModel model, long offset);

    /** Whether the learner may be given records now. */
    boolean takesRecords();

    /** A batch was learned. */
    void learned(int images, Map<String, Double> losses, long timestampMs);

    /**
     * Whether there is something to give to others now.
     *
     * @param idle for how long there have been no records to learn; zero while there are some
     */
    boolean isDue(Duration idle);

    /** What belongs in the next transaction too. */
    List<ProducerRecord<byte[], byte[]>> give(StreamModel model, long nextOffset);

    /**
     * Puts what has come from others into the model, if it is time for that.
     *
     * @return whether it was
     * @throws TrainerException if that is not of this run as it is set up here
     */
    boolean takeOver(StreamModel model, long nextOffset);

    /** Whether the learner's own model is for the world. */
    boolean isPublic();

    /** Part of the run's settings. */
    Settings settings();

    /** Adds what {@link #restore} needs. */
    void addTo(Map<String, String> metadata, Map<String, float[]> tensors);

    /**
     * Goes back to what was saved, and takes its own out of the tensors.
     *
     * @throws MalformedMessageException if it is not such a state
     */
    void restore(Metadata metadata, Map<String, float[]> tensors) throws MalformedMessageException;
}
