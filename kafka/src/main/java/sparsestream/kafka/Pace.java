package sparsestream.kafka;

/**
 * When the next image is due at a steady rate. Reckons from one moment, so that waiting too long or too short once does
 * not add up; but after a break of more than a second it begins anew instead of catching up in a burst.
 */
public final class Pace {
    private static final long MAX_LATENESS_NANOS = 1_000_000_000;

    private final double nanosPerImage;
    private long originNanos;
    private long images;

    /** @param rate images per second; 0 for as fast as possible */
    public Pace(double rate, long nowNanos) {
        this.nanosPerImage = rate == 0 ? 0 : 1e9 / rate;
        this.originNanos = nowNanos;
    }

    /** Nanoseconds until the next image is due; 0 if it is. */
    public long waitNanos(long nowNanos) {
        long lateness = nowNanos - originNanos - (long) (images * nanosPerImage);
        if (lateness > MAX_LATENESS_NANOS) {
            originNanos = nowNanos;
            images = 0;
            return 0;
        }
        return Math.max(0, -lateness);
    }

    /** How many images are due, {@code max} at most. */
    public int due(long nowNanos, int max) {
        if (waitNanos(nowNanos) > 0) {
            return 0;
        }
        double since = nanosPerImage == 0 ? max : (nowNanos - originNanos) / nanosPerImage - images + 1;
        return (int) Math.max(1, Math.min(max, since));
    }

    public void sent(int count) {
        images += count;
    }
}
