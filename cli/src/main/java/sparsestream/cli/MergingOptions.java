package sparsestream.cli;

import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sparsestream.merge.Merging;

/** Whether and when replicas are merged. */
final class MergingOptions {
    @Option(
            names = "--merge-every",
            paramLabel = "BATCHES",
            defaultValue = "0",
            description =
                    "Learn a replica of each partition, merged by the service 'merge' after so many batches each; 0"
                            + " for a model of each partition of its own (default: ${DEFAULT-VALUE}).")
    private int every;

    @Mixin
    private RoundTimeoutOption timeout;

    Optional<Merging> merging() {
        if (every < 0) {
            throw new UsageException("--merge-every must be at least 0, got " + every);
        }
        Duration roundTimeout = timeout.roundTimeout();
        return every == 0 ? Optional.empty() : Optional.of(new Merging(every, roundTimeout));
    }
}
