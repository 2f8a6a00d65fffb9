package sparsestream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;

class TopicCreationIT {
    private static KafkaRaftServer broker;
    private static Admin admin;

    @BeforeAll
    static void startBroker(@TempDir Path data) throws Exception {
        int port = freePort();
        int controllerPort = freePort();
        new Formatter()
                .setNodeId(1)
                .setClusterId(Uuid.randomUuid().toString())
                .setDirectories(List.of(data.toString()))
                .setMetadataLogDirectory(data.toString())
                .setControllerListenerName("CONTROLLER")
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .run();
        Map<String, String> config = Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "log.dirs", data.toString(),
                "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "controller.listener.names", "CONTROLLER",
                "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
                "default.replication.factor", "1");
        broker = new KafkaRaftServer(new KafkaConfig(config, false), Time.SYSTEM);
        broker.startup();
        admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port));
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.shutdown();
        broker.awaitShutdown();
    }

    @Test
    void missingTopicsAreCreatedWithTheirSettingsAndThenDifferInNothing() throws Exception {
        Topics topics = new Topics("created.");
        List<Topic> all = List.of(
                topics.imagesRaw(),
                topics.imageBatches(3),
                topics.deadLetters(),
                topics.trainerState(),
                topics.modelCheckpoints(),
                topics.imagesGenerated(),
                topics.sampleRefusals(),
                topics.sampleRequests(),
                topics.trainingEvents());

        assertThat(TopicCreation.ensure(admin, all)).isEmpty();
        assertThat(TopicCreation.ensure(admin, all)).isEmpty();

        assertThat(partitions("created.images.batches")).isEqualTo(3);
        assertThat(setting("created.images.batches", "retention.bytes")).isEqualTo("1073741824");
        assertThat(setting("created.trainer.state", "cleanup.policy")).isEqualTo("compact");
    }

    @Test
    void anExistingTopicWithOtherSettingsIsReportedAndLeftAsItIs() throws Exception {
        Topics topics = new Topics("other.");
        create(topics.trainerState().name(), 1);
        create(topics.imageBatches().name(), 2);

        List<String> differences = TopicCreation.ensure(admin, List.of(topics.trainerState(), topics.imageBatches(4)));

        assertThat(differences)
                .hasSize(2)
                .allMatch(line -> line.endsWith("; it is used as it is"))
                .satisfiesExactly(
                        state -> assertThat(state)
                                .startsWith("topic other.trainer.state has cleanup.policy=delete (wanted: compact), "),
                        batches -> assertThat(batches)
                                .startsWith("topic other.images.batches has 2 partitions (wanted: 4), "));
        assertThat(setting("other.trainer.state", "cleanup.policy")).isEqualTo("delete");
        assertThat(partitions("other.images.batches")).isEqualTo(2);
    }

    @Test
    void morePartitionsThanWantedAreNoDifference() throws Exception {
        Topic wide = new Topic("wide", 1, Map.of());
        create(wide.name(), 5);

        assertThat(TopicCreation.ensure(admin, List.of(wide))).isEmpty();
    }

    @Test
    void theCodecOfAnExistingTopicIsReportedUnlessItWasAskedFor() throws Exception {
        Topic events = new Topics("old.").trainingEvents();
        create(events.name(), 1);

        assertThat(TopicCreation.ensure(admin, List.of(events)))
                .singleElement()
                .asString()
                .startsWith("topic old.training.events has compression.type=producer")
                .contains("uncompressed");
        assertThat(TopicCreation.ensure(admin, List.of(events.packedAsAskedBy(Map.of("compression.type", "lz4")))))
                .singleElement()
                .asString()
                .doesNotContain("compression.type");
    }

    @Test
    void aTopicThatLacksPartitionsWhichAreWrittenToIsNotUsed() throws Exception {
        Topics topics = new Topics("narrow.");
        create(topics.modelContributions().name(), 1);
        create(topics.imageBatches().name(), 3);

        assertThatThrownBy(() -> TopicCreation.requirePartitions(admin, topics.modelContributions()))
                .isInstanceOf(InvalidPartitionsException.class)
                .hasMessageContaining("narrow.model.contributions has 1 partitions, and needs 8");
        TopicCreation.requirePartitions(admin, topics.imageBatches(3));
        TopicCreation.requirePartitions(admin, topics.imageBatches(2));
    }

    @Test
    void creatorsAtTheSameTimeDoNoHarm() throws Exception {
        List<Topic> topics = List.of(new Topics("race.").modelCheckpoints(), new Topics("race.").trainerState());
        ExecutorService services = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<String>>> results = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                results.add(services.submit(() -> TopicCreation.ensure(admin, topics)));
            }
            for (Future<List<String>> result : results) {
                assertThat(result.get()).isEmpty();
            }
        } finally {
            services.shutdownNow();
        }
    }

    @Test
    void aRefusalOfTheClusterIsAKafkaException() {
        Topic impossible = new Topic("impossible", 1, Map.of("cleanup.policy", "shred"));

        assertThatThrownBy(() -> TopicCreation.ensure(admin, List.of(impossible)))
                .isInstanceOf(KafkaException.class)
                .matches(refusal -> Verdict.of(refusal) == Verdict.END)
                .extracting(Reason::of)
                .asString()
                .startsWith("topic impossible can't be created: ")
                .contains("cleanup.policy");
    }

    private static void create(String name, int partitions) throws ExecutionException, InterruptedException {
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .all()
                .get();
    }

    private static int partitions(String topic) throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .size();
    }

    private static String setting(String topic, String name) throws ExecutionException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
        return config.get(name).value();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
