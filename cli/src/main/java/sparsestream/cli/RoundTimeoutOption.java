package sparsestream.cli;

import java.time.Duration;
import picocli.CommandLine.Option;
import sparsestream.merge.Merging;

/** How long a round of merging waits for anyone. */
final class RoundTimeoutOption {
    @Option(
            names = "--round-timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long a replica without new batches keeps what it has, and how long a round waits for"
                    + " partitions after its first contribution (default: ${DEFAULT-VALUE}).")
    private double seconds;

    Duration roundTimeout() {
        Duration timeout = Duration.ofMillis(Math.round(seconds * 1000));
        Merging.checkTimeout(timeout);
        return timeout;
    }
}
