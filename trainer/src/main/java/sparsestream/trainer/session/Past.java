package sparsestream.trainer.session;

import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import sparsestream.contract.Checkpoint;
import sparsestream.trainer.TrainerException;

/** What earlier transactions of a run have left behind. */
interface Past {
    /**
     * The newest state of one partition; empty if there has never been one.
     *
     * @throws TrainerException if there was one and it is no longer whole
     */
    Optional<Checkpoint> state(int partition);

    /** The highest version that was ever published of one partition or to the world; 0 if there is none. */
    long lastVersion(int partition);

    /** The offset that the group has committed; 0 if there is none. */
    long committedOffset(TopicPartition partition);
}
