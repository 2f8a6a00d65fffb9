package sparsestream.producer;

import java.util.OptionalDouble;

/**
 * When the next images are due at a steady rate. Reckons from one moment, so that waiting too long or too short once
 * does not add up; but after a break of more than a second it begins anew instead of catching up in a burst.
 */
final class Pace {
    private static final long MAX_LATENESS_NANOS = 1_000_000_000;

    private final double nanosPerImage;
    private long originNanos;
    private long images;

    /** @param imagesPerSecond empty for as fast as possible */
    Pace(OptionalDouble imagesPerSecond, long nowNanos) {
        this.nanosPerImage = imagesPerSecond.isPresent() ? 1e9 / imagesPerSecond.getAsDouble() : 0;
        this.originNanos = nowNanos;
    }

    /** Nanoseconds until the next batch may go; not positive if it is due. */
    long waitNanos(long nowNanos) {
        long lateness = nowNanos - originNanos - (long) (images * nanosPerImage);
        if (lateness > MAX_LATENESS_NANOS) {
            originNanos = nowNanos;
            images = 0;
            return 0;
        }
        return -lateness;
    }

    void sent(int count) {
        images += count;
    }
}
