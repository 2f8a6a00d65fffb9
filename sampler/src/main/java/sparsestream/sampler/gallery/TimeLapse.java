package sparsestream.sampler.gallery;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import sparsestream.published.ModelVersion;

/**
 * The same images drawn by past versions of a model, each set once, when the version came. Of many versions {@value #CAPACITY} stay,
 * spaced geometrically, since a model changes most at first. Safe for use by several threads.
 */
final class TimeLapse {
    static final int CAPACITY = 64;
    static final long SEED = 0;
    static final int COUNT = 36;

    /** So many that were thinned out can still be asked for, by whoever has just read the list. */
    private static final int MAX_DROPPED = 64;

    private final Deque<Frame> dropped = new ArrayDeque<>();
    private final Thinned<Frame> frames = new Thinned<>(CAPACITY, frame -> Math.log1p((double) frame.version()));

    /**
     * One version's pictures of the seed.
     *
     * @param committed when the checkpoint was published
     * @param png images 0 to {@value #COUNT}−1 as a {@link SampleGrid}
     */
    record Frame(
            long version, String sha256, long step, long images, double zeroRatio, Instant committed, byte[] png) {}

    /** Draws. A version that is there already, or is older than the newest, changes nothing. */
    synchronized void add(ModelVersion version) {
        if (newest().filter(frame -> frame.version() >= version.version()).isPresent()) {
            return;
        }
        byte[] png = SampleGrid.of(COUNT, version.height(), version.width()).draw(version, SEED);
        Frame frame = new Frame(
                version.version(),
                version.sha256(),
                version.step(),
                version.images(),
                version.zeroRatio(),
                version.committed(),
                png);
        frames.add(frame).ifPresent(dropped::addLast);
        if (dropped.size() > MAX_DROPPED) {
            dropped.removeFirst();
        }
    }

    /** Oldest first. */
    List<Frame> frames() {
        return frames.all();
    }

    synchronized Optional<Frame> frame(long version) {
        return Stream.concat(frames().stream(), dropped.stream())
                .filter(frame -> frame.version() == version)
                .findAny();
    }

    private Optional<Frame> newest() {
        List<Frame> all = frames();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }
}
