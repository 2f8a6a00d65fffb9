package sparsestream.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "broker", description = "Runs a Kafka broker that keeps its data in a directory.")
final class BrokerCommand implements Callable<Integer> {
    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Where to listen (default: ${DEFAULT-VALUE}, which only this machine can reach).")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            defaultValue = "9092",
            description = "Kafka port, 0 takes a free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Mixin
    private DataOptions data;

    @Option(
            names = "--broker-config",
            paramLabel = "FILE",
            description = {
                "Properties file with settings of the broker, such as TLS, SASL and ACLs.",
                "Clients connect to the listener named " + BrokerConfig.CLIENTS + "."
            })
    private Path configFile;

    @Spec
    private CommandSpec spec;

    private final ShutdownSignal shutdown;

    BrokerCommand(ShutdownSignal shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> own =
                configFile == null ? Map.of() : PropertiesFile.read(spec, "--broker-config", configFile);
        try (EmbeddedBroker broker = EmbeddedBroker.start(data.directory(), host, port, own)) {
            spec.commandLine().getOut().println("broker ready at " + broker.bootstrapServers());
            spec.commandLine().getOut().flush();
            shutdown.await();
        }
        return 0;
    }
}
