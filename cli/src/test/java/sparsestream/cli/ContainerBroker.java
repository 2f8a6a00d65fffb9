package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** A Kafka cluster of Apache's own image, one broker a container. */
final class ContainerBroker implements AutoCloseable {
    private static final DockerImageName IMAGE = DockerImageName.parse("apache/kafka:4.3.1");
    private static final int OUTSIDE = 9092;

    private final Network network = Network.newNetwork();
    private final List<GenericContainer<?>> brokers = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    /** Skips the test, and says so, where there is no engine. */
    static void requireDocker() {
        Needed.require(
                DockerClientFactory.instance().isDockerAvailable(),
                "no Docker engine answers, so nothing runs against Kafka in containers");
    }

    /** Starts so many brokers, which are also the controllers, and waits until each serves. */
    static ContainerBroker start(int count) throws IOException {
        ContainerBroker cluster = new ContainerBroker();
        try {
            for (int i = 0; i < count; i++) {
                cluster.ports.add(freePort());
            }
            for (int i = 0; i < count; i++) {
                cluster.brokers.add(cluster.broker(i, count));
            }
            cluster.brokers.parallelStream().forEach(GenericContainer::start);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    @SuppressWarnings("resource") // Closed with the cluster.
    private GenericContainer<?> broker(int index, int count) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("KAFKA_NODE_ID", String.valueOf(index));
        settings.put("KAFKA_PROCESS_ROLES", "broker,controller");
        settings.put(
                "KAFKA_CONTROLLER_QUORUM_VOTERS",
                IntStream.range(0, count)
                        .mapToObj(i -> i + "@" + name(i) + ":9093")
                        .collect(Collectors.joining(",")));
        settings.put("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER");
        settings.put("KAFKA_LISTENERS", "INSIDE://:19092,OUTSIDE://:9092,CONTROLLER://:9093");
        settings.put(
                "KAFKA_ADVERTISED_LISTENERS",
                "INSIDE://%s:19092,OUTSIDE://localhost:%s".formatted(name(index), ports.get(index)));
        settings.put("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("KAFKA_INTER_BROKER_LISTENER_NAME", "INSIDE");
        settings.put("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");
        // All acknowledged writes survive the loss of any one of three.
        String inSync = String.valueOf(Math.min(count, 2));
        settings.put("KAFKA_DEFAULT_REPLICATION_FACTOR", String.valueOf(count));
        settings.put("KAFKA_MIN_INSYNC_REPLICAS", inSync);
        settings.put("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", String.valueOf(count));
        settings.put("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "3");
        settings.put("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", String.valueOf(count));
        settings.put("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "3");
        settings.put("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", inSync);
        settings.put("KAFKA_HEAP_OPTS", "-Xmx384m");
        return new GenericContainer<>(IMAGE)
                .withNetwork(network)
                .withNetworkAliases(name(index))
                .withEnv(settings)
                .withExposedPorts(OUTSIDE)
                // A port of our choice: clients are told it, and it has to be the same after the network was gone.
                .withCreateContainerCmdModifier(command -> command.getHostConfig()
                        .withPortBindings(new PortBinding(
                                Ports.Binding.bindIpAndPort("127.0.0.1", ports.get(index)), new ExposedPort(OUTSIDE))))
                .waitingFor(Wait.forLogMessage(".*Kafka Server started.*", 1))
                .withStartupTimeout(Duration.ofMinutes(2));
    }

    private static String name(int index) {
        return "kafka-" + index;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    String bootstrapServers() {
        return ports.stream().map(port -> "localhost:" + port).collect(Collectors.joining(","));
    }

    /** Freezes a broker: connections stay and nothing answers. */
    void pause(int broker) {
        client().pauseContainerCmd(id(broker)).exec();
    }

    void unpause(int broker) {
        client().unpauseContainerCmd(id(broker)).exec();
    }

    /** Takes a broker off the network: packets go nowhere. */
    void disconnect(int broker) {
        client().disconnectFromNetworkCmd()
                .withNetworkId(network.getId())
                .withContainerId(id(broker))
                .exec();
    }

    void reconnect(int broker) {
        client().connectToNetworkCmd()
                .withNetworkId(network.getId())
                .withContainerId(id(broker))
                .exec();
    }

    /** Stops a broker for good, as SIGTERM does. */
    void stop(int broker) {
        client().stopContainerCmd(id(broker)).withTimeout(20).exec();
        assertThat(brokers.get(broker).isRunning()).isFalse();
    }

    private String id(int broker) {
        return brokers.get(broker).getContainerId();
    }

    private static DockerClient client() {
        return DockerClientFactory.instance().client();
    }

    @Override
    public void close() {
        brokers.forEach(GenericContainer::close);
        network.close();
    }
}
