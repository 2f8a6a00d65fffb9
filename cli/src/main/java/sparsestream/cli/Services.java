package sparsestream.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Services that run side by side, each in a thread of its own, until they end or one fails. */
final class Services implements AutoCloseable {
    private static final Duration STATUS_INTERVAL = Duration.ofMillis(500);

    private record Started(Thread thread, Runnable stop) {}

    private final List<Started> started = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Runnable onFailure;

    /** @param onFailure told, once for each service, that one has failed */
    Services(Runnable onFailure) {
        this.onFailure = onFailure;
    }

    /**
     * Runs one service, with a line on how it is, until it ends, fails, or a stop is asked for.
     *
     * @param work returns when the service has ended
     * @param stop asks it to end, from another thread
     * @param describe what the line says
     */
    static void runOne(String name, Runnable work, Runnable stop, Supplier<String> describe, ShutdownSignal shutdown)
            throws InterruptedException {
        StatusLine status = StatusLine.ofProcess();
        try (Services services = new Services(shutdown::request)) {
            services.start(name, work, stop);
            while (!services.ended() && !shutdown.await(STATUS_INTERVAL)) {
                status.show(describe.get());
            }
        }
        status.end(describe.get());
    }

    /**
     * Starts one more.
     *
     * @param work returns when the service has ended
     * @param stop asks it to end, from another thread
     */
    void start(String name, Runnable work, Runnable stop) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException | Error e) {
                        failure.compareAndSet(null, e);
                        onFailure.run();
                    }
                },
                name);
        started.add(new Started(thread, stop));
        thread.start();
    }

    /** Whether all have ended by themselves, or one has failed. */
    boolean ended() {
        return failure.get() != null
                || started.stream().noneMatch(service -> service.thread().isAlive());
    }

    /**
     * Stops all, in the order in which they were started, and waits for each to end.
     *
     * @throws RuntimeException the first failure of any service
     */
    @Override
    public void close() {
        started.forEach(service -> service.stop().run());
        started.forEach(service -> join(service.thread()));
        Throwable failed = failure.get();
        if (failed instanceof RuntimeException e) {
            throw e;
        }
        if (failed instanceof Error e) {
            throw e;
        }
    }

    /** Services end by themselves once told to; leaving them behind would tear down what they still use. */
    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
