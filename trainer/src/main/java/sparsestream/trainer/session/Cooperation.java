package sparsestream.trainer.session;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Topic;
import sparsestream.kafka.KafkaClients;
import sparsestream.trainer.learning.Role;

/**
 * How a trainer's learners work together with those of others; what is not overridden is that of learners which don't. Lives as long as
 * the trainer, through all its sessions. For the trainer's thread.
 */
public interface Cooperation {
    /** Each partition has a model of its own. */
    Cooperation NONE = new Cooperation() {};

    /**
     * The model that all learners have made together.
     *
     * @param version of its checkpoint
     */
    record Common(long version, PublishedModel model) {}

    /** What its learners write besides what every trainer does; each topic has to have its number of partitions. */
    default List<Topic> topics() {
        return List.of();
    }

    /**
     * A learner's part, before its first batch.
     *
     * @param partitions of the topic
     */
    default Role role(int partition, int partitions) {
        return Role.ALONE;
    }

    /**
     * A session begins.
     *
     * @throws TrainerException if this run has models that are not made together
     */
    default void join(KafkaClients clients) {}

    /**
     * Hears of the others, and waits a little for that where a learner can't go on without.
     *
     * @param partitions that are learned here
     * @return whether there is a newer common model, which roles may take over
     * @throws TrainerException as {@link #join}
     */
    default boolean hear(Set<Integer> partitions) {
        return false;
    }

    /** The newest common model, which a trainer then tells of in place of its own. */
    default Optional<Common> newest() {
        return Optional.empty();
    }

    /** The session ends, if one has begun. */
    default void leave() {}
}
