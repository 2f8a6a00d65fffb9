package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Topics;
import sparsestream.contract.TrainingEvent;
import sparsestream.contract.TrainingEvent.Kind;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.vae.VaeConfig;
import sparsestream.published.HeldOut;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.session.TrainerStatus;
import sparsestream.trainer.watch.WatchConfig;

/** A VAE whose steps are far too large, watched by a trainer on a real broker. */
class RollbackIT {
    private static final int BATCHES = 80;
    private static final int HELD_OUT = 1_000;

    @TempDir
    private static Path data;

    private static EmbeddedBroker broker;
    private static SmallRuns runs;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(data, "127.0.0.1", 0);
        runs = SmallRuns.at(broker, data);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static TrainerConfig config(Topics topics, String run, int batches) {
        AdamConfig adam = AdamConfig.of(0.05);
        VaeConfig vae = new VaeConfig(List.of(32, 16), 8, adam, L1.NONE, L1.NONE);
        byte[] unseen = java.util.Arrays.copyOf(runs.digits().images(), HELD_OUT * 784);
        return new TrainerConfig(
                        runs.kafka(),
                        topics,
                        run,
                        new ModelSettings(vae, 28, 28, 11),
                        1,
                        Duration.ofMillis(200),
                        OptionalLong.of((long) batches * SmallRuns.BATCH),
                        Optional.of(new HeldOut(HELD_OUT, 28, 28, unseen)))
                .with(new WatchConfig(4, 0, 2, 0.5, 1, 1));
    }

    @Test
    void whatIsWorseIsToldNotPublishedAndTakenBackWhereverTheTrainerWasStopped() throws Exception {
        Topics topics = new Topics("rollback.");
        runs.produce(topics, BATCHES);

        TrainerStatus undisturbed = SmallRuns.train(config(topics, "undisturbed", BATCHES));
        TrainerStatus stopped = null;
        for (int batches = 7; batches < BATCHES + 7; batches += 7) {
            stopped = SmallRuns.train(config(topics, "stopped", Math.min(BATCHES, batches)));
        }

        List<TrainingEvent> events = events(topics, "undisturbed");
        assertThat(ids(events, Kind.ROLLBACK)).isNotEmpty();
        assertThat(ids(events, Kind.GATE)).isNotEmpty();
        assertThat(events.stream().filter(event -> event.kind() == Kind.GATE))
                .allMatch(event -> event.data().get("reason").asText().contains("-ELBO")
                        || event.data().get("reason").asText().contains("Fréchet")
                        || event.data().get("reason").asText().contains("collapsed"));
        assertThat(stopped.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
        assertThat(stopped.images()).isEqualTo((long) BATCHES * SmallRuns.BATCH);
        assertThat(ids(events(topics, "stopped"), Kind.ROLLBACK)).isEqualTo(ids(events, Kind.ROLLBACK));
        assertThat(stopped.evaluation()).isEqualTo(undisturbed.evaluation());
        assertThat(stopped.evaluation().orElseThrow().samples()).isPresent();
    }

    private static List<TrainingEvent> events(Topics topics, String run) throws Exception {
        List<TrainingEvent> events = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : CommittedTopic.read(
                broker.bootstrapServers(), topics.trainingEvents().name())) {
            TrainingEvent event = TrainingEvent.fromRecord(record);
            if (event.id().startsWith(run + "/")) {
                events.add(event);
            }
        }
        return events;
    }

    /** Without the run's name. */
    private static List<String> ids(List<TrainingEvent> events, Kind kind) {
        return events.stream()
                .filter(event -> event.kind() == kind)
                .map(event -> event.id().substring(event.id().indexOf('/')))
                .toList();
    }
}
