package sparsestream.cli;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sparsestream.contract.Topics;
import sparsestream.published.HeldOut;
import sparsestream.trainer.learning.Recovery;
import sparsestream.trainer.learning.Recovery.OnDataLoss;
import sparsestream.trainer.learning.TrainerConfig;

/** How training runs, beside what it learns. */
final class TrainerOptions {
    @Mixin
    private ModelOptions model;

    @Mixin
    private WatchOptions watch;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that share one step of a model; the weights do not depend on it"
                    + " (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Time between checkpoints (default: ${DEFAULT-VALUE}).")
    private double checkpointIntervalSeconds;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "0",
            description = "Stop when the run has learned so many images in all, earlier sessions counted; 0 for never"
                    + " (default: ${DEFAULT-VALUE}).")
    private long images;

    // A flag needs the fallback value: without it, picocli takes a flag that the environment sets as turning it off.
    @Option(
            names = "--reset-state",
            fallbackValue = "true",
            description = "Forget what the run has learned and begin anew with the oldest batch; versions go on.")
    private boolean resetState;

    @Option(
            names = "--accept-changes",
            fallbackValue = "true",
            description =
                    "Go on with a recipe that differs from the one the state was learned with, from the next step on;"
                            + " does nothing when none does.")
    private boolean acceptChanges;

    @Option(
            names = "--on-data-loss",
            paramLabel = "stop|continue",
            defaultValue = "stop",
            description = "When batches were deleted before they were learned: stop, or count them and continue"
                    + " (default: ${DEFAULT-VALUE}).")
    private String onDataLoss;

    long images() {
        return images;
    }

    TrainerConfig config(
            Map<String, Object> kafka,
            Topics topics,
            RunOptions run,
            String name,
            int height,
            int width,
            HeldOut heldOut) {
        return new TrainerConfig(
                kafka,
                topics,
                run.runId(),
                model.settings(name, height, width, run.seed()),
                threads,
                Duration.ofNanos((long) (checkpointIntervalSeconds * 1e9)),
                RunOptions.limit(images),
                Optional.ofNullable(heldOut),
                new Recovery(resetState, onDataLoss(), acceptChanges),
                watch.config());
    }

    private OnDataLoss onDataLoss() {
        return switch (onDataLoss) {
            case "stop" -> OnDataLoss.STOP;
            case "continue" -> OnDataLoss.CONTINUE;
            default -> throw new UsageException("--on-data-loss must be stop or continue, got '" + onDataLoss + "'");
        };
    }
}
