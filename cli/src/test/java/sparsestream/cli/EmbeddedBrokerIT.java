package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedBrokerIT {
    private static final String HOST = "127.0.0.1";

    @TempDir
    private Path data;

    @Test
    void aDirectoryThatKafkaWouldTakeForTwoIsRefused() {
        assertThatThrownBy(() -> EmbeddedBroker.start(data.resolve("a,b"), HOST, 0))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("a,b has a comma in its name");
        assertThat(data.resolve("a,b")).doesNotExist();
    }

    @Test
    void anAddressFullOfColonsIsToldInBrackets() throws Exception {
        Needed.require(hasLoopback6(), "this machine has no ::1, so no broker listens there");
        try (EmbeddedBroker broker = EmbeddedBroker.start(data, "::1", 0)) {
            assertThat(broker.bootstrapServers()).startsWith("[::1]:");
            createTopic(broker, "kept");
            publish(broker, "kept", "one");
            assertThat(read(broker, "kept", 1)).containsExactly("one");
        }
    }

    private static boolean hasLoopback6() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
    }

    @Test
    void recordsAndClusterOutliveARestart() throws Exception {
        String cluster;
        try (EmbeddedBroker broker = EmbeddedBroker.start(data, HOST, 0)) {
            cluster = clusterId(broker);
            createTopic(broker, "kept");
            publish(broker, "kept", "one", "two");
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start(data, HOST, 0)) {
            assertThat(clusterId(broker)).isEqualTo(cluster);
            publish(broker, "kept", "three");
            assertThat(read(broker, "kept", 3)).containsExactly("one", "two", "three");
        }
    }

    @Test
    void whatABrokerInAnotherLanguageKeptIsThere() throws Exception {
        Locale own = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG"));
        try (EmbeddedBroker broker = EmbeddedBroker.start(data, HOST, 0)) {
            createTopic(broker, "kept");
            publish(broker, "kept", "one", "two");
        } finally {
            Locale.setDefault(own);
        }
        assertThat(data.resolve("kafka/kept-0/٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠.log")).exists();

        try (EmbeddedBroker broker = EmbeddedBroker.start(data, HOST, 0)) {
            publish(broker, "kept", "three");
            assertThat(read(broker, "kept", 3)).containsExactly("one", "two", "three");
        }
    }

    @Test
    void topicsAreNotCreatedByAMistypedName() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(data, HOST, 0);
                Admin admin = admin(broker)) {
            assertThatThrownBy(() -> admin.describeTopics(List.of("mistyped"))
                            .allTopicNames()
                            .get())
                    .hasMessageContaining("UnknownTopicOrPartition");
            assertThat(admin.listTopics().names().get()).isEqualTo(Set.of());
        }
    }

    @Test
    void aDataDirectoryInUseIsOneClearLine() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(data, HOST, 0)) {
            assertThat(broker.bootstrapServers()).startsWith(HOST + ":");
            assertThatThrownBy(() -> EmbeddedBroker.start(data, HOST, 0))
                    .isInstanceOf(BrokerException.class)
                    .hasMessage("data directory " + data + " is in use by another broker");
        }
    }

    @Test
    void aPortInUseIsOneClearLineAndLeavesTheDirectoryFree() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> EmbeddedBroker.start(data, HOST, port))
                    .isInstanceOf(BrokerException.class)
                    .hasMessage("cannot listen on " + HOST + ":" + port + ": Address already in use");
        }
        EmbeddedBroker.start(data, HOST, 0).close();
    }

    @Test
    void aDirectoryOfAnotherNodeIsAClearError() throws Exception {
        Path logs = Files.createDirectories(data.resolve("kafka"));
        Files.writeString(logs.resolve("meta.properties"), "version=1\ncluster.id=x\nnode.id=7\n", UTF_8);
        assertThatThrownBy(() -> EmbeddedBroker.start(data, HOST, 0))
                .isInstanceOf(BrokerException.class)
                .hasMessageStartingWith("the embedded broker cannot start: ")
                .hasMessageContaining("7");
    }

    private static String clusterId(EmbeddedBroker broker) throws Exception {
        try (Admin admin = admin(broker)) {
            return admin.describeCluster().clusterId().get();
        }
    }

    private static void createTopic(EmbeddedBroker broker, String topic) throws Exception {
        try (Admin admin = admin(broker)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
    }

    private static Admin admin(EmbeddedBroker broker) {
        return Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static void publish(EmbeddedBroker broker, String topic, String... values) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "test");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, value)).get();
            }
            producer.commitTransaction();
        }
    }

    private static List<String> read(EmbeddedBroker broker, String topic, int count) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", broker.bootstrapServers(),
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            while (values.size() < count) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }
}
