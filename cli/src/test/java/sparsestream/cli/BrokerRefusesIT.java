package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.Topics;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.producer.ProducerService;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.session.TrainerService;

/** A broker whose disk is full, and one that refuses a record. */
@Timeout(300)
class BrokerRefusesIT {
    private static final Topics TOPICS = new Topics("");

    @TempDir
    private Path directory;

    @Test
    void aFullDiskIsAClearErrorAndNothingIsLostOnceThereIsRoom() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        Needed.require(
                run("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", disk.toString()),
                "this user may not mount a file system, so there is no disk to fill up");
        try (Processes processes = new Processes(directory)) {
            Process broker = broker(processes, "broker", disk, 0);
            String address = processes.lineThatStartsWith("broker", "broker ready at ");
            SmallRuns runs = SmallRuns.at(address, directory);
            Health producing = new Health();
            Health training = new Health();
            try (Metrics metrics = new Metrics();
                    Services services = new Services(() -> {})) {
                ProducerService producer =
                        runs.producer(TOPICS, OptionalLong.empty(), OptionalDouble.of(20_000), producing);
                TrainerService trainer = new TrainerService(
                        runs.config(TOPICS, "run", "vae", Integer.MAX_VALUE / SmallRuns.BATCH), metrics, training);
                services.start("producer", producer, producer::close);
                services.start("trainer", trainer, trainer::close);
                assertThat(broker.waitFor(120, TimeUnit.SECONDS)).isTrue();
                assertThat(broker.exitValue()).isEqualTo(1);
                assertThat(Files.readString(processes.errors("broker")))
                        .contains("No space left on device")
                        .contains("sparsestream: the broker cannot go on, often because its disk is full");
                await().atMost(Duration.ofSeconds(30)).until(() -> !isUp(producing) && !isUp(training));
                long acknowledged = producer.progress().images();

                assertThat(run("mount", "-o", "remount,size=512m", disk.toString()))
                        .isTrue();
                broker(processes, "again", disk, Integer.parseInt(address.split(":", 2)[1]));
                processes.lineThatStartsWith("again", "broker ready at ");
                await().atMost(Duration.ofSeconds(60)).until(() -> isUp(producing) && isUp(training));
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> trainer.status().images() > acknowledged + 10 * SmallRuns.BATCH);
            }
            requireWeightsOfAnUndisturbedRun(runs);
        } finally {
            run("umount", "--lazy", disk.toString());
        }
    }

    @Test
    void aRefusedRecordEndsTheTrainerWithAClearErrorAndNothingIsLostOnceTheTopicTakesIt() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, "127.0.0.1", 0)) {
            SmallRuns runs = SmallRuns.at(broker.bootstrapServers(), directory);
            runs.produce(TOPICS, 20);
            runs.train(TOPICS, "run", "vae", 5);
            limitState(runs, "1000");

            assertThatThrownBy(() -> runs.train(TOPICS, "run", "vae", 20))
                    .isInstanceOf(TrainerException.class)
                    .hasMessageStartingWith(
                            "cannot train on topic images.batches: topic trainer.state refuses a record: ");

            limitState(runs, "1048588");
            runs.train(TOPICS, "run", "vae", 20);
            assertThat(requireWeightsOfAnUndisturbedRun(runs)).isEqualTo(20);
        }
    }

    private static void limitState(SmallRuns runs, String bytes) throws Exception {
        ConfigResource topic = new ConfigResource(
                ConfigResource.Type.TOPIC, TOPICS.trainerState().name());
        AlterConfigOp limit = new AlterConfigOp(new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET);
        try (Admin admin = runs.admin()) {
            admin.incrementalAlterConfigs(Map.of(topic, List.of(limit))).all().get();
        }
    }

    /** Returns how many batches that is. */
    private static int requireWeightsOfAnUndisturbedRun(SmallRuns runs) {
        Checkpoint state = runs.newest(TOPICS.trainerState(), "run/vae/0");
        int batches = Integer.parseInt(state.contents().metadata().get("next_offset"));
        runs.train(TOPICS, "undisturbed", "vae", batches);
        Checkpoint undisturbed = runs.newest(TOPICS.trainerState(), "undisturbed/vae/0");
        assertThat(undisturbed.contents().metadata().get("next_offset")).isEqualTo("" + batches);
        assertThat(SmallRuns.tensorsSha256(state)).isEqualTo(SmallRuns.tensorsSha256(undisturbed));
        return batches;
    }

    private static Process broker(Processes processes, String name, Path disk, int port) {
        return processes.start(
                name,
                List.of(),
                List.of(
                        "broker",
                        "--port",
                        "" + port,
                        "--data",
                        disk.resolve("data").toString()));
    }

    private static boolean isUp(Health health) {
        return health.readiness().state() == Health.State.UP;
    }

    private boolean run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    directory.resolve(command[0] + ".out").toFile())
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
