package sparsestream.producer;

import java.util.ArrayDeque;
import java.util.Deque;

/** Images per second over the last few seconds. Safe for use by several threads. */
final class Throughput {
    private static final long WINDOW_NANOS = 5_000_000_000L;
    private static final long RESOLUTION_NANOS = 100_000_000L;

    private final Deque<Sample> samples = new ArrayDeque<>();
    private long images;

    private record Sample(long nanos, long images) {}

    /** @param nowNanos when the first images set out */
    Throughput(long nowNanos) {
        samples.add(new Sample(nowNanos, 0));
    }

    synchronized void add(int count, long nowNanos) {
        images += count;
        if (nowNanos - samples.getLast().nanos() >= RESOLUTION_NANOS) {
            samples.addLast(new Sample(nowNanos, images));
        }
        forget(nowNanos);
    }

    synchronized double perSecond(long nowNanos) {
        forget(nowNanos);
        long nanos = nowNanos - samples.getFirst().nanos();
        return nanos <= 0 ? 0 : (images - samples.getFirst().images()) * 1e9 / nanos;
    }

    /** Keeps one sample from before the window: the rate is counted from there. */
    private void forget(long nowNanos) {
        while (samples.size() > 1) {
            Sample oldest = samples.removeFirst();
            if (nowNanos - samples.getFirst().nanos() <= WINDOW_NANOS) {
                samples.addFirst(oldest);
                return;
            }
        }
    }
}
