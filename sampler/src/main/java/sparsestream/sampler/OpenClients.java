package sparsestream.sampler;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import sparsestream.monitoring.Metrics;

/** Kafka clients whose meters are shown while they are open; closed together, the last first. For one thread. */
final class OpenClients implements AutoCloseable {
    private final Metrics metrics;
    private final Duration closeTimeout;
    private final Deque<Runnable> closings = new ArrayDeque<>();

    /** @param closeTimeout for what each still has to send */
    OpenClients(Metrics metrics, Duration closeTimeout) {
        this.metrics = metrics;
        this.closeTimeout = closeTimeout;
    }

    Producer<byte[], byte[]> add(Producer<byte[], byte[]> producer) {
        closings.push(() -> producer.close(closeTimeout));
        closings.push(metrics.bind(producer)::close);
        return producer;
    }

    Consumer<byte[], byte[]> add(Consumer<byte[], byte[]> consumer) {
        closings.push(() -> consumer.close(CloseOptions.timeout(closeTimeout)));
        closings.push(metrics.bind(consumer)::close);
        return consumer;
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        while (!closings.isEmpty()) {
            try {
                closings.pop().run();
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
