package sparsestream.standalone;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Services that run side by side, each in a thread of its own, until they end or one fails.
 *
 * <p>A service is something that runs until it is closed; closing it more than once does no harm.
 */
final class Services implements AutoCloseable {
    private record Started(Thread thread, AutoCloseable closing) {}

    private final List<Started> started = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Runnable onFailure;

    /** @param onFailure told, once for each service, that one has failed */
    Services(Runnable onFailure) {
        this.onFailure = onFailure;
    }

    <S extends Runnable & AutoCloseable> void start(String name, S service) {
        Thread thread = new Thread(
                () -> {
                    try {
                        service.run();
                    } catch (RuntimeException | Error e) {
                        failure.compareAndSet(null, e);
                        onFailure.run();
                    }
                },
                name);
        started.add(new Started(thread, service));
        thread.start();
    }

    /** Whether all have ended by themselves, or one has failed. */
    boolean ended() {
        return failure.get() != null || started.stream().noneMatch(service -> service.thread().isAlive());
    }

    /**
     * Closes all, in the order in which they were started, and waits for each to end.
     *
     * @throws RuntimeException the first failure of any service
     */
    @Override
    public void close() throws InterruptedException {
        for (Started service : started) {
            close(service.closing());
        }
        for (Started service : started) {
            service.thread().join();
        }
        Throwable failed = failure.get();
        if (failed instanceof RuntimeException e) {
            throw e;
        }
        if (failed instanceof Error e) {
            throw e;
        }
    }

    private void close(AutoCloseable service) {
        try {
            service.close();
        } catch (Exception e) {
            failure.compareAndSet(null, e instanceof RuntimeException ? e : new IllegalStateException(e));
        }
    }
}
