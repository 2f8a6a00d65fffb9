package sparsestream.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a service reaches Kafka. */
final class KafkaOptions {
    private static final String BOOTSTRAP_SERVERS = "bootstrap.servers";

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT,...",
            description = "Kafka brokers to ask first (default: localhost:9092, or as --kafka-config says).")
    private String bootstrapServers;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "Properties file with settings for every Kafka client, such as TLS and SASL.")
    private Path configFile;

    @Option(
            names = "--topic-prefix",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "Put before the name of every topic (default: none).")
    private String topicPrefix;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /**
     * Settings for any Kafka client, {@code bootstrap.servers} included. They may hold passwords: never print them.
     *
     * @throws ParameterException if the file cannot be read
     */
    Map<String, Object> clientConfig() {
        Map<String, Object> config = new HashMap<>();
        config.put(BOOTSTRAP_SERVERS, "localhost:9092");
        if (configFile != null) {
            config.putAll(PropertiesFile.read(command, "--kafka-config", configFile));
        }
        if (bootstrapServers != null) {
            config.put(BOOTSTRAP_SERVERS, bootstrapServers);
        }
        return config;
    }

    /**
     * What the name of each topic starts with.
     *
     * @throws ParameterException if Kafka would not allow such a name
     */
    String topicPrefix() {
        if (!topicPrefix.matches("[a-zA-Z0-9._-]*")) {
            throw new ParameterException(
                    command.commandLine(),
                    "invalid --topic-prefix '" + topicPrefix + "': only letters, digits, '.', '_' and '-' are allowed");
        }
        return topicPrefix;
    }
}
