package sparsestream.sampler.gallery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import sparsestream.sampler.EmittedImage;

/**
 * What one client of the event stream has not been told yet.
 *
 * <p>It compares the state with what it told last, so nothing queues up: a client that asks seldom hears of the newest
 * images and skips the others. The first answer is all that a page needs to show itself. For one thread.
 */
final class EventFeed {
    /** As many as the page shows of a model. */
    static final int MAX_IMAGES = 32;

    private static final long HEARTBEAT_MS = 2_000;

    private final GalleryState state;
    /** SHA-256 of the checkpoint by model; none before the first. */
    private final Map<String, String> checkpoints = new HashMap<>();

    private final Map<String, Long> imagesSeen = new HashMap<>();
    /** Version of the last point by model. */
    private final Map<String, Long> pointsSeen = new HashMap<>();

    private long happeningsSeen;
    private long happenedUntil = -1;
    private Instant lastHeartbeat = Instant.MIN;
    private boolean connected;

    EventFeed(GalleryState state) {
        this.state = state;
    }

    /** The news, in the order in which to tell them. */
    List<GalleryEvent> next(Instant now) {
        List<GalleryEvent> news = new ArrayList<>();
        if (connected != state.connected() || now.isAfter(lastHeartbeat.plusMillis(HEARTBEAT_MS))) {
            GalleryEvent.Heartbeat heartbeat = GalleryEvent.Heartbeat.of(state, now);
            connected = heartbeat.connected();
            lastHeartbeat = now;
            news.add(heartbeat);
        }
        for (ShownModel model : state.models()) {
            addVersion(model, now, news);
            addImages(model, news);
            addPoints(model, news);
        }
        addHappenings(news);
        return news;
    }

    private void addVersion(ShownModel model, Instant now, List<GalleryEvent> news) {
        ModelStatus status = ModelStatus.of(model, now);
        if (!Objects.equals(status.sha256(), checkpoints.put(model.name(), status.sha256()))) {
            news.add(new GalleryEvent.Version(status));
        }
    }

    private void addImages(ShownModel model, List<GalleryEvent> news) {
        var added = model.recent().since(imagesSeen.getOrDefault(model.name(), 0L), MAX_IMAGES);
        imagesSeen.put(model.name(), added.count());
        for (EmittedImage image : added.images()) {
            news.add(GalleryEvent.Image.of(image, state.replay()));
        }
    }

    /** What was there before the client came is in {@code /api/curves}. */
    private void addPoints(ShownModel model, List<GalleryEvent> news) {
        List<CurvePoint> curve = state.training().curve(model.name());
        Long seen = pointsSeen.get(model.name());
        for (CurvePoint point : curve) {
            if (seen != null && point.version() > seen) {
                news.add(new GalleryEvent.Point(model.name(), GalleryApi.Point.of(point)));
            }
        }
        pointsSeen.put(
                model.name(), curve.isEmpty() ? -1 : curve.get(curve.size() - 1).version());
    }

    private void addHappenings(List<GalleryEvent> news) {
        if (state.training().count() == happeningsSeen) {
            return;
        }
        happeningsSeen = state.training().count();
        long before = happenedUntil;
        for (ReportedEvent event : state.training().events()) {
            if (event.offset() > before) {
                news.add(new GalleryEvent.Happening(GalleryApi.Event.of(event)));
                happenedUntil = event.offset();
            }
        }
    }
}
