package sparsestream.sampler;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.kafka.common.KafkaException;

/** Threads beside the one that starts them, all of which have to stop when one of them ends. For that one thread. */
final class SideThreads {
    private final Runnable stop;
    private final Deque<FutureTask<Void>> working = new ArrayDeque<>();

    /** @param stop asks all to stop, that one thread included */
    SideThreads(Runnable stop) {
        this.stop = stop;
    }

    void start(String name, Runnable work) {
        FutureTask<Void> task = new FutureTask<>(work, null) {
            @Override
            protected void done() {
                stop.run();
            }
        };
        working.add(task);
        new Thread(task, name).start();
    }

    /**
     * Waits until all have ended.
     *
     * @throws KafkaException what ended the first of them, if that was the cluster
     */
    void finish() throws InterruptedException {
        RuntimeException failure = null;
        for (FutureTask<Void> task : working) {
            try {
                task.get();
            } catch (ExecutionException e) {
                if (failure == null) {
                    failure = e.getCause() instanceof KafkaException refused
                            ? refused
                            : new IllegalStateException(e.getCause());
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
