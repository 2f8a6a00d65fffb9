package sparsestream.sampler;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The newest {@value #CAPACITY} images, and how many there have been. Safe for use by several threads. */
public final class RecentImages {
    public static final int CAPACITY = 64;

    private final EmittedImage[] ring = new EmittedImage[CAPACITY];
    private long count;

    /**
     * Images added after some moment.
     *
     * @param count added in all until now; the moment to ask from the next time
     * @param images the newest of them, oldest first
     */
    public record Added(long count, List<EmittedImage> images) {
        public Added {
            images = List.copyOf(images);
        }
    }

    synchronized void add(EmittedImage image) {
        ring[slot(count)] = image;
        count++;
    }

    synchronized long count() {
        return count;
    }

    public synchronized Optional<EmittedImage> newest() {
        return count == 0 ? Optional.empty() : Optional.of(ring[slot(count - 1)]);
    }

    /**
     * What was added after the first {@code seen} images, without those that have been overwritten since.
     *
     * @param max take no more than the newest so many
     */
    public synchronized Added since(long seen, int max) {
        long from = Math.max(seen, count - Math.min(max, CAPACITY));
        List<EmittedImage> images = new ArrayList<>();
        for (long i = Math.max(0, from); i < count; i++) {
            images.add(ring[slot(i)]);
        }
        return new Added(count, images);
    }

    private static int slot(long position) {
        return (int) (position % CAPACITY);
    }
}
