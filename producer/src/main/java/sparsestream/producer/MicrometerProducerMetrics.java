package sparsestream.producer;

import io.micrometer.core.instrument.Counter;
import org.apache.kafka.clients.producer.Producer;
import sparsestream.monitoring.Metrics;

/** Counts {@code sparsestream.images.produced} and {@code sparsestream.batches.produced}, beside the client's meters. */
public final class MicrometerProducerMetrics implements ProducerMetrics {
    private final Metrics metrics;
    private final Counter images;
    private final Counter batches;
    private Metrics.Binding client = () -> {};

    public MicrometerProducerMetrics(Metrics metrics) {
        this.metrics = metrics;
        this.images = Counter.builder("sparsestream.images.produced")
                .description("Images that are on the topic")
                .baseUnit("images")
                .register(metrics.registry());
        this.batches = Counter.builder("sparsestream.batches.produced")
                .description("Batches that are on the topic")
                .baseUnit("batches")
                .register(metrics.registry());
    }

    @Override
    public void batchProduced(int imagesInBatch) {
        images.increment(imagesInBatch);
        batches.increment();
    }

    @Override
    public void clientOpened(Producer<?, ?> opened) {
        client = metrics.bind(opened);
    }

    @Override
    public void clientClosing() {
        client.close();
    }
}
