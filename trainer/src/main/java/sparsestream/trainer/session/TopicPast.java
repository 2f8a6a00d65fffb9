package sparsestream.trainer.session;

import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import sparsestream.contract.Checkpoint;
import sparsestream.kafka.Answers;
import sparsestream.kafka.KafkaClients;
import sparsestream.trainer.StateHistory;
import sparsestream.trainer.StateReader;
import sparsestream.trainer.learning.TrainerConfig;

/**
 * The past as the topics tell it.
 *
 * @param admin not closed with this
 */
record TopicPast(TrainerConfig config, KafkaClients clients, Admin admin) implements Past {
    @Override
    public Optional<Checkpoint> state(int partition) {
        return states(partition).newest();
    }

    private StateHistory states(int partition) {
        return StateReader.read(admin, clients, config.topics().trainerState(), config.stateKey(partition));
    }

    @Override
    public long lastVersion(int partition) {
        StateHistory checkpoints =
                StateReader.read(admin, clients, config.topics().modelCheckpoints(), config.checkpointKey());
        return Math.max(states(partition).lastVersion(), checkpoints.lastVersion());
    }

    @Override
    public long committedOffset(TopicPartition partition) {
        OffsetAndMetadata offset = Answers.await(
                        admin.listConsumerGroupOffsets(config.group()).partitionsToOffsetAndMetadata())
                .get(partition);
        return offset == null ? 0 : offset.offset();
    }
}
