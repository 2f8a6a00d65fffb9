package sparsestream.merge;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Since when the replicas of a trainer wait for the rounds that they have contributed to. One thread writes, any may read. */
final class RoundWaits {
    private static final double NANOS_PER_SECOND = 1e9;

    /** What a replica waits for: the round that its contribution of this number is merged in. */
    record Awaited(int partition, long number) {}

    private final LongSupplier nanoTime;
    private volatile Map<Awaited, Long> sinceNanos = Map.of();

    RoundWaits(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** All that is awaited now. What was awaited before has been all the time, in whichever session. */
    void awaits(Collection<Awaited> all) {
        Map<Awaited, Long> next = new HashMap<>();
        for (Awaited each : all) {
            next.put(each, sinceNanos.getOrDefault(each, nanoTime.getAsLong()));
        }
        sinceNanos = Map.copyOf(next);
    }

    /** How long the replica that waits longest has been waiting by now; 0 while none does. */
    double longestSeconds() {
        long now = nanoTime.getAsLong();
        long longestNanos = sinceNanos.values().stream()
                .mapToLong(since -> now - since)
                .max()
                .orElse(0);
        return longestNanos / NANOS_PER_SECOND;
    }
}
