package sparsestream.cli.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Where a process stands still until it is killed: at the n-th event of one kind. It says that it is there by making a file.
 *
 * <p>The system properties {@code standstill.event}, {@code standstill.count} and {@code standstill.marker} say which event,
 * which of them and which file; without them nothing happens.
 */
final class Standstill {
    private final AtomicInteger left = new AtomicInteger(Integer.getInteger("standstill.count", 0));
    private final String event = System.getProperty("standstill.event", "");

    /** An event has come; returns unless it is the one. */
    void reached(String kind) {
        if (!kind.equals(event) || left.decrementAndGet() != 0) {
            return;
        }
        try {
            Files.createFile(Path.of(System.getProperty("standstill.marker")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        while (true) {
            LockSupport.park(this);
        }
    }
}
