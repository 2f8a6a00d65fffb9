package sparsestream.sampler.gallery;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run's trainers have told of its models, in bounded memory: curves that span all of it, and the last events of each kind, so
 * that checkpoints, which come all the time, do not push out what is rare. Safe for use by several threads.
 */
final class TrainingHistory {
    static final int MAX_POINTS = 400;
    /** Of each kind. */
    static final int MAX_EVENTS = 20;

    private static final int MAX_KINDS = 32;

    private final String source;
    private final Map<String, Thinned<CurvePoint>> curves = new LinkedHashMap<>();
    private final Map<String, Instant> lastCheckpoints = new LinkedHashMap<>();
    private final Map<String, Deque<ReportedEvent>> events = new LinkedHashMap<>();
    private Instant lastBatch;
    private long count;

    /** @param source of the events to take; others are of other runs */
    TrainingHistory(String source, List<String> models) {
        this.source = source;
        models.forEach(model -> curves.put(model, new Thinned<>(MAX_POINTS, CurvePoint::version)));
    }

    synchronized void add(ReportedEvent event) {
        if (!event.source().equals(source) || !curves.containsKey(event.model())) {
            return;
        }
        Deque<ReportedEvent> ofKind = events.size() < MAX_KINDS || events.containsKey(event.kind())
                ? events.computeIfAbsent(event.kind(), kind -> new ArrayDeque<>())
                : new ArrayDeque<>();
        ofKind.addLast(event);
        if (ofKind.size() > MAX_EVENTS) {
            ofKind.removeFirst();
        }
        count++;
        if (event.kind().equals("checkpoint")) {
            lastCheckpoints.put(event.model(), event.time());
            event.number("lastBatchMs").ifPresent(ms -> noteBatch(Instant.ofEpochMilli((long) ms)));
            CurvePoint.of(event).ifPresent(curves.get(event.model())::add);
        }
    }

    private void noteBatch(Instant time) {
        if (lastBatch == null || time.isAfter(lastBatch)) {
            lastBatch = time;
        }
    }

    /** Oldest first; none for a model that is not ours. */
    synchronized List<CurvePoint> curve(String model) {
        return curves.containsKey(model) ? curves.get(model).all() : List.of();
    }

    /** The events that are kept, oldest first. */
    synchronized List<ReportedEvent> events() {
        List<ReportedEvent> all = new ArrayList<>();
        events.values().forEach(all::addAll);
        all.sort(Comparator.comparingLong(ReportedEvent::offset));
        return all;
    }

    /** Taken until now, those that are not kept any more included. */
    synchronized long count() {
        return count;
    }

    synchronized Optional<Instant> lastCheckpoint(String model) {
        return Optional.ofNullable(lastCheckpoints.get(model));
    }

    /** When the newest batch that has been learned was put on its topic. */
    synchronized Optional<Instant> lastBatch() {
        return Optional.ofNullable(lastBatch);
    }
}
