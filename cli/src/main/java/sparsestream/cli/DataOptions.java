package sparsestream.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a command keeps what must survive a restart. */
final class DataOptions {
    // The longer name gives the variable its own: SPARSESTREAM_DATA says where data sets are.
    @Option(
            names = {"--data", "--data-dir"},
            paramLabel = "DIR",
            defaultValue = "./.sparsestream",
            description = "Directory to keep state in (default: ${DEFAULT-VALUE}).")
    private Path directory;

    Path directory() {
        return directory;
    }
}
