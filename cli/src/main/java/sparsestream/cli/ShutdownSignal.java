package sparsestream.cli;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells a command to stop: the main thread waits for it, or asks from time to time, and then closes its parts in order.
 *
 * <p>Not a shutdown hook, for two reasons: after a signal the JVM exits with 143 whatever its hooks do, unless one halts
 * it, which leaves behind the native libraries that the compression codecs unpack and mean to delete.
 */
public final class ShutdownSignal {
    private static final Duration MAX_STOP = Duration.ofSeconds(10);

    private final CountDownLatch requested = new CountDownLatch(1);

    /**
     * One that SIGTERM or SIGINT (Ctrl-C) sets. The process is halted with status 1 if it has not stopped 10 s later, and
     * at once by a second signal.
     */
    public static ShutdownSignal ofProcess() {
        ShutdownSignal shutdown = new ShutdownSignal();
        for (String signal : List.of("TERM", "INT")) {
            handle(signal, shutdown::onSignal);
        }
        return shutdown;
    }

    public void request() {
        requested.countDown();
    }

    public boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** Waits until a stop is requested. */
    public void await() throws InterruptedException {
        requested.await();
    }

    /** Waits until a stop is requested, at most so long; true if it was. */
    public boolean await(Duration timeout) throws InterruptedException {
        return requested.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void onSignal() {
        if (isRequested()) {
            Runtime.getRuntime().halt(1);
        }
        request();
        Thread watchdog = new Thread(ShutdownSignal::haltWhenLate, "shutdown-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
    }

    private static void haltWhenLate() {
        try {
            Thread.sleep(MAX_STOP.toMillis());
        } catch (InterruptedException nobodyDoesThis) {
            Thread.currentThread().interrupt();
        }
        System.err.println("sparsestream: not stopped after " + MAX_STOP.toSeconds() + " s, giving up");
        Runtime.getRuntime().halt(1);
    }

    /** By reflection, since javac warns of any mention of {@code sun.misc.Signal} and cannot be told not to. */
    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> {
                        action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException unavailable) {
            throw new IllegalStateException("cannot listen for SIG" + name, unavailable);
        }
    }
}
