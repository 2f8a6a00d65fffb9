package sparsestream.cli;

import picocli.CommandLine.Option;
import sparsestream.monitoring.HttpAddress;

/** Where a service shows metrics, health and pages. */
final class HttpOptions {
    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Where to listen for HTTP (default: ${DEFAULT-VALUE}, which only this machine can reach).")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            defaultValue = "0",
            description = "HTTP port, 0 takes a free one (default: ${DEFAULT-VALUE}).")
    private int port;

    HttpAddress address() {
        return new HttpAddress(host, port);
    }
}
