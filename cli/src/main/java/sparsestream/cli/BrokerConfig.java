package sparsestream.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * The settings of a broker that is alone: Kafka's defaults, except for what one node needs or what makes it start fast.
 *
 * @param logs directory of all data, metadata included
 * @param host where clients connect
 * @param port where clients connect
 * @param controllerPort where the broker finds its controller, on loopback
 * @param own settings that replace any of these
 */
record BrokerConfig(Path logs, String host, int port, int controllerPort, Map<String, String> own) {
    static final int NODE_ID = 1;
    static final String CONTROLLER = "CONTROLLER";

    /** The listener that clients connect to. Its protocol is a setting of its own, which may be replaced. */
    static final String CLIENTS = "CLIENTS";

    /** What clients are told: a wildcard is no address to connect to, so it becomes the name of this machine. */
    String bootstrapServers() {
        return address(advertisedHost());
    }

    Properties properties() {
        Properties config = new Properties();
        network(config);
        oneReplica(config);
        smallAndQuick(config);
        config.setProperty("auto.create.topics.enable", "false");
        config.putAll(own);
        return config;
    }

    private void network(Properties config) {
        String controller = "127.0.0.1:" + controllerPort;
        config.setProperty("process.roles", "broker,controller");
        config.setProperty("node.id", Integer.toString(NODE_ID));
        config.setProperty("log.dirs", logs.toString());
        config.setProperty("listeners", CLIENTS + "://" + address(host) + "," + CONTROLLER + "://" + controller);
        config.setProperty("advertised.listeners", CLIENTS + "://" + bootstrapServers());
        config.setProperty("listener.security.protocol.map", CLIENTS + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
        config.setProperty("inter.broker.listener.name", CLIENTS);
        config.setProperty("controller.listener.names", CONTROLLER);
        config.setProperty("controller.quorum.voters", NODE_ID + "@" + controller);
    }

    private static void oneReplica(Properties config) {
        config.setProperty("default.replication.factor", "1");
        config.setProperty("min.insync.replicas", "1");
        config.setProperty("offsets.topic.replication.factor", "1");
        config.setProperty("transaction.state.log.replication.factor", "1");
        config.setProperty("transaction.state.log.min.isr", "1");
        config.setProperty("share.coordinator.state.topic.replication.factor", "1");
        config.setProperty("share.coordinator.state.topic.min.isr", "1");
    }

    private static void smallAndQuick(Properties config) {
        config.setProperty("offsets.topic.num.partitions", "4");
        config.setProperty("transaction.state.log.num.partitions", "4");
        config.setProperty("share.coordinator.state.topic.num.partitions", "1");
        config.setProperty("group.initial.rebalance.delay.ms", "0");
        // The broker serves clients from the first heartbeat after it caught up with the metadata; but half of the
        // interval
        // is all the time that the controller has to answer, on a machine that may be busy with training.
        config.setProperty("broker.heartbeat.interval.ms", "500");
        // After a crash the controller waits this long for the broker that died before it takes the new one. After a
        // controlled shutdown it does not wait, so that stays on although there is nobody to hand over to.
        config.setProperty("broker.session.timeout.ms", "5000");
        config.setProperty("num.io.threads", "4");
        config.setProperty("num.network.threads", "2");
        config.setProperty("background.threads", "2");
        // Trainer states are compacted away within seconds; 128 MB of index for that would be waste.
        config.setProperty("log.cleaner.backoff.ms", "1000");
        config.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
    }

    /** The port of a host, which may be the address of version 6 of the protocol, full of colons. */
    private String address(String of) {
        return (of.contains(":") ? "[" + of + "]" : of) + ":" + port;
    }

    private String advertisedHost() {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress()
                    ? InetAddress.getLocalHost().getHostName()
                    : host;
        } catch (UnknownHostException failure) {
            throw new BrokerException("cannot find the name of this machine to tell clients", failure);
        }
    }
}
