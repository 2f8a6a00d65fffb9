package sparsestream.model.layers;

import java.util.concurrent.Phaser;

/**
 * A fixed number of threads that do the parts of one piece of work side by side. The caller does part 0 itself, so a team of
 * one has no thread and no cost.
 */
public final class Team implements AutoCloseable {
    /** A piece of work in parts. */
    @FunctionalInterface
    public interface Parts {
        void run(int part);
    }

    private final int size;
    /** All meet twice for each piece of work: when it is there and when it is done. Waiting for it can't be interrupted. */
    private final Phaser meeting;

    private volatile Parts work;
    private volatile Throwable failure;

    /**
     * @param size number of threads, the caller's included
     * @throws IllegalArgumentException if it is less than 1
     */
    public Team(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("--threads must be at least 1, got " + size);
        }
        this.size = size;
        this.meeting = new Phaser(size);
        for (int part = 1; part < size; part++) {
            int own = part;
            Thread thread = new Thread(() -> serve(own), "sparsestream-step-" + part);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Number of threads, the caller's included. */
    public int size() {
        return size;
    }

    /**
     * Runs every part once and returns when all have ended.
     *
     * @throws IllegalStateException if the team is closed, or if a part failed on another thread than the caller's
     */
    public void run(Parts parts) {
        if (size == 1) {
            parts.run(0);
            return;
        }
        work = parts;
        failure = null;
        if (meeting.arriveAndAwaitAdvance() < 0) {
            throw new IllegalStateException("the team is closed");
        }
        try {
            parts.run(0);
        } finally {
            meeting.arriveAndAwaitAdvance();
        }
        if (failure != null) {
            throw new IllegalStateException("a part of the work failed", failure);
        }
    }

    /** Where the given part of {@code count} rows begins; part {@link #size} begins at {@code count}. */
    public int from(int part, int count) {
        return from(part, count, Blas.BLOCK);
    }

    /** Where the given part of {@code count} rows ends. */
    public int to(int part, int count) {
        return from(part + 1, count);
    }

    /** Where the given part of {@code count} things begins, at a multiple of {@code block}; part {@link #size} begins at {@code count}. */
    public int from(int part, int count, int block) {
        int blocks = count == 0 ? 0 : (count - 1) / block + 1;
        return (int) Math.min(count, (long) (blocks * part / size) * block);
    }

    private void serve(int part) {
        while (meeting.arriveAndAwaitAdvance() >= 0) {
            try {
                work.run(part);
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                meeting.arriveAndAwaitAdvance();
            }
        }
    }

    /** Ends the threads, which must not be at work. A team of one has none and stays usable. */
    @Override
    public void close() {
        meeting.forceTermination();
    }
}
