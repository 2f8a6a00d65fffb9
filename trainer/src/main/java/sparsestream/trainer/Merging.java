package sparsestream.trainer;

import java.time.Duration;

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
