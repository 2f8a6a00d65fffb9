package sparsestream.merge;

import java.time.Duration;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.watch.WatchConfig;

/**
 * That a run is merged: every partition has a replica of its own, and a merge service makes one model of what they learn.
 *
 * @param every batches that a replica learns before it gives them to a round
 * @param roundTimeout after which a replica that gets no more batches gives what it has
 */
public record Merging(int every, Duration roundTimeout) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    public Merging {
        if (every < 1) {
            throw new IllegalArgumentException("--merge-every must be at least 1, got " + every);
        }
        checkTimeout(roundTimeout);
    }

    /**
     * What a replica is worth alone decides nothing, and what it learns must follow from its batches and the rounds.
     *
     * @throws IllegalArgumentException if a trainer with these settings would not keep to that; the message names the options
     */
    void requireGoesWith(TrainerConfig config) {
        WatchConfig watch = config.watch();
        if (config.heldOut().isPresent() || watch.rollbackAfter() > 0 || watch.driftRate() != 1) {
            throw new IllegalArgumentException(
                    "--merge-every does not go with --held-out, --rollback-after or --drift-rate:"
                            + " merge evaluates the merged model, and replicas learn as they are told");
        }
        if (config.recovery().reset()) {
            throw new IllegalArgumentException(
                    "--merge-every does not go with --reset-state: the rounds are others' too; give another --run-id");
        }
    }

    /**
     * Checks how long a round may wait.
     *
     * @throws IllegalArgumentException if it is out of range; the message is one line that names the option
     */
    public static void checkTimeout(Duration roundTimeout) {
        if (roundTimeout.compareTo(Duration.ofMillis(100)) < 0 || roundTimeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "--round-timeout must be between 0.1 and 86400 seconds, got " + roundTimeout.toMillis() / 1000.0);
        }
    }
}
