package sparsestream.trainer.session;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import sparsestream.contract.Topic;
import sparsestream.kafka.KafkaClients;
import sparsestream.trainer.learning.Role;

/** Every learner is alone. */
final class NoCooperation implements Cooperation {
    @Override
    public List<Topic> topics() {
        return List.of();
    }

    @Override
    public Role role(int partition, int partitions) {
        return Role.ALONE;
    }

    @Override
    public void join(KafkaClients clients) {}

    @Override
    public boolean hear(Set<Integer> partitions) {
        return false;
    }

    @Override
    public Optional<Common> newest() {
        return Optional.empty();
    }

    @Override
    public void leave() {}
}
