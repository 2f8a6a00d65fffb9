package sparsestream.trainer.session;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import sparsestream.contract.Checkpoint;
import sparsestream.monitoring.Metrics;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.learning.PartitionWork;
import sparsestream.trainer.learning.Role;
import sparsestream.trainer.learning.TrainerConfig;

/**
 * Takes partitions over. The transactional id belongs to the partition, so whoever published for it before is fenced.
 *
 * @param producers makes one with the transactional id of a partition
 * @param metrics shows the meters of producers
 */
record Takeover(
        TrainerConfig config,
        Function<TopicPartition, Producer<byte[], byte[]>> producers,
        Past past,
        Metrics metrics) {
    /**
     * Goes on from the state that was left, or begins at the partition's first record if there is none.
     *
     * @param role a new one
     * @param beginning offset of the first record
     * @throws TrainerException if there is a state that can't be used
     */
    PartitionPublisher resume(TopicPartition partition, Role role, long beginning) {
        int number = partition.partition();
        return fence(partition, () -> {
            Optional<Checkpoint> state = past.state(number);
            PartitionWork work = state.isPresent()
                    ? PartitionWork.resume(config, role, number, state.get())
                    : PartitionWork.begin(config, role, number, beginning, 0);
            return work.notBehind(past.committedOffset(partition));
        });
    }

    /**
     * Begins at the partition's first record, with versions above all that were ever published.
     *
     * @param role a new one
     * @param beginning offset of the first record
     * @throws TrainerException if there are no versions left
     */
    PartitionPublisher beginAnew(TopicPartition partition, Role role, long beginning) {
        int number = partition.partition();
        return fence(partition, () -> {
            long version = past.lastVersion(number);
            if (version == Long.MAX_VALUE) {
                throw new TrainerException(config.checkpointKey() + " has used up all versions; give another --run-id");
            }
            return PartitionWork.begin(config, role, number, beginning, version);
        });
    }

    /** What a transaction was about to change is decided once the transactional id has been taken over: the past is read then. */
    private PartitionPublisher fence(TopicPartition partition, Supplier<PartitionWork> work) {
        Producer<byte[], byte[]> producer = producers.apply(partition);
        try {
            producer.initTransactions();
            return new PartitionPublisher(partition, producer, work.get(), metrics);
        } catch (TransactionalIdAuthorizationException e) {
            producer.close(Duration.ZERO);
            throw new TrainerException(
                    "cannot train on topic %s: transactional id %s may not be used by this user"
                            .formatted(partition.topic(), config.transactionalId(partition.partition())),
                    e);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }
}
