package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.kafka.TopicCreation;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.producer.ProducerConfig;
import sparsestream.producer.ProducerException;
import sparsestream.producer.ProducerMetrics;
import sparsestream.producer.ProducerService;
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerService;
import sparsestream.trainer.session.TrainerService;

/** A broker as it comes: it creates any topic that somebody asks for, with settings of its own. */
@Timeout(300)
class StartOrderIT {
    private static final Topics TOPICS = new Topics("");
    private static final int PARTITIONS = 4;
    private static final int BATCHES = 40;

    @TempDir
    private Path data;

    private EmbeddedBroker broker;
    private SmallRuns runs;
    private Admin admin;

    @BeforeEach
    void startBroker() {
        Map<String, String> asItComes = Map.of(
                "auto.create.topics.enable",
                "true",
                "num.partitions",
                "1",
                "log.retention.check.interval.ms",
                "200",
                "log.initial.task.delay.ms",
                "200");
        broker = EmbeddedBroker.start(data, "127.0.0.1", 0, asItComes);
        runs = SmallRuns.at(broker, data);
        admin = runs.admin();
    }

    @AfterEach
    void stopBroker() {
        admin.close();
        broker.close();
    }

    @Test
    void whoReadsMayStartBeforeWhoWrites() throws Exception {
        Health training = new Health();
        try (Metrics metrics = new Metrics();
                Services services = new Services(() -> {})) {
            TrainerService trainer = new TrainerService(runs.config(TOPICS, "run", "vae", BATCHES), metrics, training);
            SamplerService sampler = new SamplerService(
                    new SamplerConfig(runs.kafka(), "", "another", List.of("vae"), 20, 5), metrics, new Health());
            services.start("trainer", trainer, trainer::close);
            services.start("sampler", sampler, sampler::close);
            ShutdownSignal shutdown = new ShutdownSignal();
            CommandLine merge = Main.commandLine(Map.of(), shutdown);
            services.start(
                    "merge",
                    () -> merge.execute(
                            "merge",
                            "--model",
                            "vae",
                            "--run-id",
                            "merged",
                            "--bootstrap-servers",
                            broker.bootstrapServers()),
                    shutdown::request);
            await().atMost(Duration.ofSeconds(60)).until(() -> training.readiness()
                    .checks()
                    .get("trainer-vae")
                    .reason()
                    .equals("waiting for topic images.batches"));
            // Long enough for any client to have asked for its metadata again.
            await().during(Duration.ofSeconds(7)).atMost(Duration.ofSeconds(20)).until(() -> !topics().contains(
                            "images.batches"));

            produce(OptionalInt.of(PARTITIONS));

            await().atMost(Duration.ofSeconds(90)).until(() -> isUp(training));
        }
        requireAsWeWantIt(TOPICS.imageBatches(PARTITIONS));
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(offset("images.batches", partition, OffsetSpec.latest()))
                    .as("partition " + partition)
                    .isEqualTo(BATCHES / PARTITIONS);
        }
    }

    @Test
    void aTopicWithAnotherNumberOfPartitionsIsAnErrorAndWithoutOneAskedForIsFilled() throws Exception {
        produce(OptionalInt.of(PARTITIONS));

        assertThatThrownBy(() -> produce(OptionalInt.of(2)))
                .isInstanceOf(ProducerException.class)
                .hasMessageStartingWith("topic images.batches has 4 partitions, and --partitions asks for 2; ");
        produce(OptionalInt.empty());

        assertThat(IntStream.range(0, PARTITIONS).mapToObj(partition -> offset("images.batches", partition)))
                .allMatch(offset -> offset == BATCHES / PARTITIONS);
    }

    @Test
    void aPictureThatItsClientStampsWith1970IsThereUntilAWeekAfterItArrived() throws Exception {
        TopicCreation.ensure(admin, List.of(TOPICS.imagesRaw(), TOPICS.sampleRequests()));
        // The same, but with the time that a client tells: this one shows that the broker deletes by now.
        Map<String, String> byItsClient = new HashMap<>(TOPICS.imagesRaw().settings());
        byItsClient.put("message.timestamp.type", "CreateTime");
        admin.createTopics(List.of(new NewTopic("control", 1, (short) 1).configs(byItsClient)))
                .all()
                .get();
        for (String topic : List.of("images.raw", "sample.requests", "control")) {
            runs.send(List.of(new ProducerRecord<>(topic, 0, 1_700_000_000L, null, new byte[28 * 28])));
        }

        await().atMost(Duration.ofSeconds(60)).until(() -> offset("control", 0, OffsetSpec.earliest()) == 1);

        assertThat(offset("images.raw", 0, OffsetSpec.earliest())).isZero();
        assertThat(offset("sample.requests", 0, OffsetSpec.earliest())).isZero();
    }

    private void produce(OptionalInt partitions) {
        ProducerConfig config = new ProducerConfig(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                "",
                SmallRuns.BATCH,
                OptionalLong.of((long) BATCHES * SmallRuns.BATCH),
                OptionalDouble.empty(),
                3,
                true,
                Optional.empty(),
                partitions);
        try (ProducerService producer =
                new ProducerService(config, runs.digits(), ProducerMetrics.NOOP, new Health())) {
            producer.run();
        }
    }

    private void requireAsWeWantIt(Topic topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
        assertThat(topic.settings().keySet().stream().collect(Collectors.toMap(name -> name, name -> config.get(name)
                        .value())))
                .isEqualTo(topic.settings());
    }

    private Set<String> topics() throws Exception {
        return admin.listTopics().names().get();
    }

    private long offset(String topic, int partition) {
        try {
            return offset(topic, partition, OffsetSpec.latest());
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private long offset(String topic, int partition, OffsetSpec which) throws InterruptedException, ExecutionException {
        TopicPartition place = new TopicPartition(topic, partition);
        return admin.listOffsets(Map.of(place, which))
                .partitionResult(place)
                .get()
                .offset();
    }

    private static boolean isUp(Health health) {
        return health.readiness().state() == Health.State.UP;
    }
}
