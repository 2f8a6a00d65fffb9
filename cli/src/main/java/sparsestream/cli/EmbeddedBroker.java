package sparsestream.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import sparsestream.kafka.Reason;

/**
 * A Kafka broker, with its controller, in this JVM: one node that keeps its data over restarts.
 *
 * <p>It lives in a directory of its own, {@code kafka} under the given data directory, formatted at first use.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private final DirectoryLock lock;
    private final KafkaRaftServer server;
    private final String bootstrapServers;

    private EmbeddedBroker(DirectoryLock lock, KafkaRaftServer server, String bootstrapServers) {
        this.lock = lock;
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * With the settings of {@link BrokerConfig}; returns once clients can connect.
     *
     * @throws BrokerException if the port or the data directory is in use or cannot be used
     */
    public static EmbeddedBroker start(Path data, String host, int port) {
        return start(data, host, port, Map.of());
    }

    /**
     * Returns once clients can connect.
     *
     * @param data created if it is not there
     * @param host where to listen; clients are told this name, or this machine's own if it is a wildcard
     * @param port 0 takes a free one
     * @param own broker settings beside those of {@link BrokerConfig} or in their place
     * @throws BrokerException if the port or the data directory is in use or cannot be used
     */
    public static EmbeddedBroker start(Path data, String host, int port, Map<String, String> own) {
        if (data.toString().contains(",")) {
            throw new BrokerException(
                    "the data directory " + data
                            + " has a comma in its name, where Kafka takes a list apart; give another",
                    null);
        }
        DirectoryLock lock = DirectoryLock.take(data);
        try {
            Path logs = data.resolve("kafka");
            BrokerConfig config = new BrokerConfig(logs, host, freePort(host, port), freePort("127.0.0.1", 0), own);
            if (!Files.exists(logs.resolve("meta.properties"))) {
                format(logs);
            }
            LogFileNames.toAsciiDigits(logs);
            return new EmbeddedBroker(lock, startServer(config), config.bootstrapServers());
        } catch (IOException | RuntimeException failure) {
            closeQuietly(lock, failure);
            throw failure instanceof BrokerException known
                    ? known
                    : new BrokerException("the embedded broker cannot start: " + Reason.of(failure, own), failure);
        }
    }

    private static void closeQuietly(DirectoryLock lock, Exception failure) {
        try {
            lock.close();
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }

    /** As clients want it: {@code host:port}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        try {
            lock.close();
        } catch (IOException failure) {
            throw new BrokerException("cannot release the data directory", failure);
        }
    }

    private static KafkaRaftServer startServer(BrokerConfig config) {
        Exit.setHaltProcedure(EmbeddedBroker::refuseToStart);
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(config.properties(), false), Time.SYSTEM);
        try {
            server.startup();
            Exit.setHaltProcedure(EmbeddedBroker::halt);
            return server;
        } catch (RuntimeException failure) {
            server.shutdown();
            throw failure;
        }
    }

    /** Kafka ends the process, and tells the reason to the log alone. */
    private static void refuseToStart(int status, String message) {
        throw new BrokerException("the embedded broker cannot start; the error above says why", null);
    }

    /** Kafka ends the process where it can't write any more, after pages that say so. */
    private static void halt(int status, String message) {
        System.err.println(
                "sparsestream: the broker cannot go on, often because its disk is full or fails (errors are above);"
                        + " start it again when that is mended, and nothing that it has acknowledged is lost");
        Runtime.getRuntime().halt(status);
    }

    private static void format(Path logs) throws IOException {
        Formatter formatter = new Formatter()
                .setNodeId(BrokerConfig.NODE_ID)
                .setClusterId(Uuid.randomUuid().toString())
                .setDirectories(List.of(logs.toString()))
                .setMetadataLogDirectory(logs.toString())
                .setControllerListenerName(BrokerConfig.CONTROLLER)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            formatter.run();
        } catch (IOException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new BrokerException("cannot format " + logs + ": " + failure.getMessage(), failure);
        }
    }

    /** Asked before Kafka is, which would open the metadata first and then say so in two pages. */
    private static int freePort(String host, int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw new BrokerException("cannot listen on " + host + ":" + port + ": the host is unknown", null);
            }
            socket.bind(address);
            return socket.getLocalPort();
        } catch (BindException failure) {
            throw new BrokerException("cannot listen on " + host + ":" + port + ": " + failure.getMessage(), failure);
        }
    }
}
