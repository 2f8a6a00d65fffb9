package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.Topics;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.producer.Datasets;
import sparsestream.producer.ProducerService;
import sparsestream.producer.Split;
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerService;
import sparsestream.trainer.session.TrainerService;

/** Producer, trainer and sampler against Apache's own Kafka in containers, with a network that fails. */
@Timeout(240)
class ContainerBrokerIT {
    private static final int BATCHES = 500;
    private static final Topics TOPICS = new Topics("");

    @TempDir
    private Path directory;

    /** A fault, called once all is under way; the trainer can be asked how far and how well it is. */
    private interface Fault {
        void strike(ContainerBroker cluster, TrainerService trainer, Health health) throws Exception;
    }

    @BeforeEach
    void requireDocker() {
        ContainerBroker.requireDocker();
    }

    @Test
    void aBrokerThatIsFrozenAndThenCutOffCostsNoBatchAndNoBit() throws Exception {
        requireNothingLostOrDoubled(1, (cluster, trainer, health) -> {
            cluster.pause(0);
            requireNotReady(health);
            cluster.unpause(0);
            requireProgress(trainer);

            cluster.disconnect(0);
            requireNotReady(health);
            cluster.reconnect(0);
            requireProgress(trainer);
        });
    }

    @Test
    void oneOfThreeBrokersThatStopsCostsNoBatchAndNoBit() throws Exception {
        requireNothingLostOrDoubled(3, (cluster, trainer, health) -> {
            cluster.stop(1);
            requireProgress(trainer);
        });
    }

    private void requireNothingLostOrDoubled(int brokers, Fault fault) throws Exception {
        try (ContainerBroker cluster = ContainerBroker.start(brokers)) {
            SmallRuns runs = new SmallRuns(
                    cluster.bootstrapServers(),
                    new Datasets(Map.of(), directory, progress -> {}).load("drawn", Split.TRAIN));
            try (Metrics metrics = new Metrics();
                    Services services = new Services(() -> {})) {
                ProducerService producer = runs.producer(
                        TOPICS,
                        OptionalLong.of(BATCHES * (long) SmallRuns.BATCH),
                        OptionalDouble.of(20 * SmallRuns.BATCH),
                        new Health());
                Health health = new Health();
                TrainerService trainer =
                        new TrainerService(runs.config(TOPICS, "run", "vae", BATCHES), metrics, health);
                SamplerService sampler = new SamplerService(
                        new SamplerConfig(runs.kafka(), "", "run", List.of("vae"), 20, 5), metrics, new Health());
                services.start("producer", producer, producer::close);
                services.start("trainer", trainer, trainer::close);
                services.start("sampler", sampler, sampler::close);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> trainer.status().version() > 3);

                fault.strike(cluster, trainer, health);

                await().atMost(Duration.ofSeconds(90))
                        .until(() -> trainer.status().images() == BATCHES * (long) SmallRuns.BATCH);
                long generated = sampler.imagesGenerated("vae");
                await().atMost(Duration.ofSeconds(60)).until(() -> sampler.imagesGenerated("vae") > generated + 20);
            }
            assertThat(runs.read(TOPICS.imageBatches().name())).hasSize(BATCHES);
            assertThat(runs.checkpoints(TOPICS.modelCheckpoints(), "run/vae"))
                    .extracting(Checkpoint::version)
                    .isSorted()
                    .doesNotHaveDuplicates();
            Checkpoint state = runs.newest(TOPICS.trainerState(), "run/vae/0");
            runs.train(TOPICS, "undisturbed", "vae", BATCHES);
            Checkpoint undisturbed = runs.newest(TOPICS.trainerState(), "undisturbed/vae/0");
            assertThat(state.contents().metadata().get("next_offset")).isEqualTo(String.valueOf(BATCHES));
            assertThat(SmallRuns.tensorsSha256(state)).isEqualTo(SmallRuns.tensorsSha256(undisturbed));
        }
    }

    private static void requireNotReady(Health health) {
        await().atMost(Duration.ofSeconds(60)).until(() -> health.readiness().state() == Health.State.DOWN);
    }

    /** Learns and publishes something that is new, which it could not without the cluster. */
    private static void requireProgress(TrainerService trainer) {
        long version = trainer.status().version();
        await().atMost(Duration.ofSeconds(90)).until(() -> trainer.status().version() > version);
        assertThat(trainer.status().images()).isLessThan(BATCHES * (long) SmallRuns.BATCH);
    }
}
