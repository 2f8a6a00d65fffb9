package sparsestream.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * Three nodes of Kafka's own program, each a process, a broker and one of the three controllers, with what production wants:
 * three replicas of all topics, the transactions' and the offsets' too, and no write acknowledged by fewer than two.
 *
 * <p>Nodes that are broker and controller make the case harder than controllers of their own would: with two of three away there is
 * nobody to elect a leader either.
 */
final class BrokerCluster implements AutoCloseable {
    static final int SIZE = 3;

    /** How long a broker may be silent before others lead in its place; less than Kafka's 9 s, since tests wait for it. */
    static final Duration SESSION = Duration.ofSeconds(4);

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long ANSWER_SECONDS = 15;
    private static final String CONTROLLER = "CONTROLLER";

    private final Processes processes;
    private final Path directory;
    private final List<Integer> ports = freePorts();
    private final List<Integer> controllerPorts = freePorts();
    private final Map<Integer, Process> running = new TreeMap<>();
    private final Map<Integer, Integer> lives = new HashMap<>();
    private final Admin admin;

    private BrokerCluster(Processes processes, Path directory) {
        this.processes = processes;
        this.directory = directory;
        this.admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrapServers(),
                "reconnect.backoff.ms", 500,
                "request.timeout.ms", 3_000,
                "default.api.timeout.ms", 10_000));
    }

    /** Returns at once; clients wait until they are served. */
    static BrokerCluster start(Processes processes, Path directory) throws Exception {
        BrokerCluster cluster = new BrokerCluster(processes, directory);
        String id = Uuid.randomUuid().toString();
        for (int node = 1; node <= SIZE; node++) {
            cluster.format(node, id);
            cluster.start(node);
        }
        return cluster;
    }

    String bootstrapServers() {
        return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    Admin admin() {
        return admin;
    }

    void start(int node) {
        int life = lives.merge(node, 1, Integer::sum);
        running.put(
                node,
                processes.start(
                        "broker-%s-%s".formatted(node, life),
                        "kafka.Kafka",
                        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                        List.of(properties(node).toString())));
    }

    void kill(int node) throws InterruptedException {
        running.remove(node).destroyForcibly().waitFor();
    }

    void suspend(int node) throws Exception {
        Processes.signal("STOP", running.get(node));
    }

    void resume(int node) throws Exception {
        Processes.signal("CONT", running.get(node));
    }

    /** Where to look when a node has ended by itself. */
    List<String> ended() {
        return running.entrySet().stream()
                .filter(node -> !node.getValue().isAlive())
                .map(node -> processes
                        .errors("broker-%s-%s".formatted(node.getKey(), lives.get(node.getKey())))
                        .toString())
                .toList();
    }

    /** Waits until every node knows what there is to know, and all three replicas of all partitions are in sync. */
    void awaitWhole() {
        long now = System.currentTimeMillis();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() -> allHaveCaughtUpSince(now)
                        && partitions().values().stream()
                                .allMatch(partition -> partition.replicas().size() == SIZE
                                        && partition.isr().size() == SIZE
                                        && leader(partition).isPresent()));
    }

    /** One that was suspended tells what it knew then until it has read the metadata. */
    private boolean allHaveCaughtUpSince(long ms) throws Exception {
        return answer(admin.describeMetadataQuorum().quorumInfo()).voters().stream()
                .allMatch(node -> node.lastCaughtUpTimestamp().orElse(0) >= ms);
    }

    /** Makes a broker the leader, in agreement with all others, which must be there. */
    void lead(int node, TopicPartition partition) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> elected(node, partition));
    }

    private boolean elected(int node, TopicPartition partition) throws Exception {
        TopicPartitionInfo info = partitions().get(partition);
        if (leader(info).equals(Optional.of(node))) {
            return true;
        }
        // The first replica is the preferred leader.
        List<Integer> order = new ArrayList<>(List.of(node));
        info.replicas().stream()
                .map(replica -> replica.id())
                .filter(id -> id != node)
                .forEach(order::add);
        answer(admin.alterPartitionReassignments(Map.of(partition, Optional.of(new NewPartitionReassignment(order))))
                .all());
        try {
            answer(admin.electLeaders(ElectionType.PREFERRED, Set.of(partition)).all());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof ElectionNotNeededException)) {
                throw e;
            }
        }
        return false;
    }

    /** Waits until others lead what this broker led. */
    void awaitOthersLead(int node) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() -> leads(node).isEmpty());
    }

    /** Every topic's partitions that this broker leads, Kafka's own among them. */
    List<TopicPartition> leads(int node) throws Exception {
        return partitions().entrySet().stream()
                .filter(partition -> leader(partition.getValue())
                        .map(leader -> leader == node)
                        .orElse(true))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The node whose controller is the active one. */
    int controller() throws Exception {
        return answer(admin.describeMetadataQuorum().quorumInfo()).leaderId();
    }

    /** All partitions of all topics, Kafka's own among them. */
    private Map<TopicPartition, TopicPartitionInfo> partitions() throws Exception {
        Set<String> names = answer(
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
        Map<TopicPartition, TopicPartitionInfo> partitions = new HashMap<>();
        for (TopicDescription topic :
                answer(admin.describeTopics(names).allTopicNames()).values()) {
            topic.partitions()
                    .forEach(partition ->
                            partitions.put(new TopicPartition(topic.name(), partition.partition()), partition));
        }
        return partitions;
    }

    private static Optional<Integer> leader(TopicPartitionInfo partition) {
        return Optional.ofNullable(partition.leader())
                .filter(node -> !node.isEmpty())
                .map(Node::id);
    }

    private static <T> T answer(KafkaFuture<T> asked) throws Exception {
        return asked.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    private void format(int node, String clusterId) throws Exception {
        String logs = logs(node).toString();
        new Formatter()
                .setNodeId(node)
                .setClusterId(clusterId)
                .setDirectories(List.of(logs))
                .setMetadataLogDirectory(logs)
                .setControllerListenerName(CONTROLLER)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .run();
        Properties settings = new Properties();
        network(node, settings);
        durable(settings);
        small(settings);
        try (Writer file = Files.newBufferedWriter(properties(node))) {
            settings.store(file, null);
        }
    }

    private void network(int node, Properties settings) {
        List<String> voters = new ArrayList<>();
        for (int voter = 1; voter <= SIZE; voter++) {
            voters.add(voter + "@127.0.0.1:" + controllerPorts.get(voter - 1));
        }
        String clients = "CLIENTS://127.0.0.1:" + ports.get(node - 1);
        settings.setProperty("node.id", "" + node);
        settings.setProperty("process.roles", "broker,controller");
        settings.setProperty("controller.quorum.voters", String.join(",", voters));
        settings.setProperty("controller.listener.names", CONTROLLER);
        settings.setProperty("inter.broker.listener.name", "CLIENTS");
        settings.setProperty("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.setProperty("listeners", clients + ",CONTROLLER://127.0.0.1:" + controllerPorts.get(node - 1));
        settings.setProperty("advertised.listeners", clients);
        settings.setProperty("log.dirs", logs(node).toString());
        settings.setProperty("broker.session.timeout.ms", "" + SESSION.toMillis());
        settings.setProperty("broker.heartbeat.interval.ms", "500");
    }

    private static void durable(Properties settings) {
        String replicas = "" + SIZE;
        settings.setProperty("default.replication.factor", replicas);
        settings.setProperty("min.insync.replicas", "2");
        settings.setProperty("unclean.leader.election.enable", "false");
        settings.setProperty("offsets.topic.replication.factor", replicas);
        settings.setProperty("transaction.state.log.replication.factor", replicas);
        settings.setProperty("transaction.state.log.min.isr", "2");
        settings.setProperty("share.coordinator.state.topic.replication.factor", replicas);
        settings.setProperty("share.coordinator.state.topic.min.isr", "2");
    }

    private static void small(Properties settings) {
        settings.setProperty("offsets.topic.num.partitions", "3");
        settings.setProperty("transaction.state.log.num.partitions", "3");
        settings.setProperty("num.io.threads", "2");
        settings.setProperty("num.network.threads", "2");
        settings.setProperty("background.threads", "2");
        settings.setProperty("log.cleaner.dedupe.buffer.size", "" + (8 << 20));
    }

    private Path logs(int node) {
        return directory.resolve("broker-" + node);
    }

    private Path properties(int node) {
        return directory.resolve("broker-" + node + ".properties");
    }

    /** Below those that connections take for themselves, which would be in the way of a broker that comes back. */
    private static List<Integer> freePorts() {
        return ThreadLocalRandom.current()
                .ints(10_000, 32_000)
                .filter(BrokerCluster::isFree)
                .distinct()
                .limit(SIZE)
                .boxed()
                .toList();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
