package sparsestream.sampler.gallery;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of a model at one checkpoint.
 *
 * @param images learned
 * @param time when the checkpoint was published
 * @param figures by name, such as {@code heldOutNelbo} and {@code losses.kl}; {@code freshnessSeconds} is the age that the last
 *     batch had when it had been learned and published
 */
record CurvePoint(long version, long step, long images, Instant time, Map<String, Double> figures) {
    /** What tells where a point is, not how good it is. */
    private static final Set<String> PLACE =
            Set.of("partition", "version", "step", "images", "inputFrom", "inputTo", "lastBatchMs", "evaluatedStep");

    private static final double MS_PER_SECOND = 1e3;

    CurvePoint {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    /** The point of a checkpoint; empty for anything else, and for other partitions than the first, which train models of their own. */
    static Optional<CurvePoint> of(ReportedEvent event) {
        if (!event.kind().equals("checkpoint")
                || event.number("version").isEmpty()
                || event.number("images").isEmpty()
                || event.number("partition").orElse(0) != 0) {
            return Optional.empty();
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        event.details().forEach((name, value) -> {
            if (value instanceof Number number && !PLACE.contains(name)) {
                figures.put(name, number.doubleValue());
            }
        });
        event.number("lastBatchMs")
                .ifPresent(batchMs -> figures.put(
                        "freshnessSeconds", Math.max(0, event.time().toEpochMilli() - batchMs) / MS_PER_SECOND));
        return Optional.of(new CurvePoint(
                (long) event.number("version").getAsDouble(),
                (long) event.number("step").orElse(0),
                (long) event.number("images").getAsDouble(),
                event.time(),
                figures));
    }
}
