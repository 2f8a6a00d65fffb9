package sparsestream.merge;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import sparsestream.contract.Topic;
import sparsestream.kafka.KafkaClients;
import sparsestream.trainer.learning.Role;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.session.Cooperation;

/** The replicas of one trainer of a merged run: each gives what it learns to rounds, and goes on from the merged models. */
public final class Replicas implements Cooperation {
    private static final Duration WAIT = Duration.ofMillis(10);

    private final Merging merging;
    private final TrainerConfig config;
    private final RoundWaits waits = new RoundWaits(System::nanoTime);
    private final Map<Integer, RoundProgress> rounds = new TreeMap<>();
    private Optional<MergedFollower> follower = Optional.empty();

    /**
     * Of a trainer with these settings.
     *
     * @throws IllegalArgumentException if some of them do not go with merging
     */
    public Replicas(Merging merging, TrainerConfig config, MeterRegistry registry) {
        merging.requireGoesWith(config);
        this.merging = merging;
        this.config = config;
        TimeGauge.builder("sparsestream.replica.waiting", waits, TimeUnit.SECONDS, RoundWaits::longestSeconds)
                .description("How long a replica has been waiting for its round, at most")
                .tag("model", config.model().name())
                .register(registry);
    }

    @Override
    public List<Topic> topics() {
        return List.of(config.topics().modelContributions());
    }

    @Override
    public Role role(int partition, int partitions) {
        RoundProgress round = new RoundProgress(merging.every(), partition, partitions);
        rounds.put(partition, round);
        return new ReplicaRole(
                config, merging.roundTimeout(), round, () -> newestMerged().map(MergedFollower.Newest::model));
    }

    private Optional<MergedFollower.Newest> newestMerged() {
        return follower.flatMap(MergedFollower::newest);
    }

    @Override
    public void join(KafkaClients clients) {
        MergedFollower joining = new MergedFollower(config, clients);
        follower = Optional.of(joining);
        joining.catchUp();
    }

    @Override
    public boolean hear(Set<Integer> partitions) {
        rounds.keySet().retainAll(partitions);
        List<RoundWaits.Awaited> awaited = rounds.values().stream()
                .filter(RoundProgress::isWaiting)
                .map(round -> new RoundWaits.Awaited(round.partition(), round.number()))
                .toList();
        waits.awaits(awaited);
        return follower.orElseThrow().poll(awaited.isEmpty() ? Duration.ZERO : WAIT);
    }

    @Override
    public Optional<Common> newest() {
        return newestMerged().map(newest -> new Common(newest.model().version(), newest.published()));
    }

    @Override
    public void leave() {
        follower.ifPresent(MergedFollower::close);
        follower = Optional.empty();
    }
}
