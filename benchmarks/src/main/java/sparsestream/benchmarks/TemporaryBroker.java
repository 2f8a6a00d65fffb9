package sparsestream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The embedded broker in a process of its own, whose data goes when it is closed. */
final class TemporaryBroker implements AutoCloseable {
    private final Path directory;
    private final ServiceProcess process;
    private final String bootstrapServers;

    TemporaryBroker() throws IOException {
        directory = Files.createTempDirectory("sparsestream-bench");
        process = ServiceProcess.start("broker", "--port", "0", "--data", directory.toString());
        bootstrapServers = process.after("broker ready at ");
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    ServiceProcess process() {
        return process;
    }

    @Override
    public void close() throws IOException {
        process.close();
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> insideOut = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : insideOut) {
                Files.deleteIfExists(file);
            }
        }
    }
}
