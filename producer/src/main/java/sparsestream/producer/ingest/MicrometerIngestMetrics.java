package sparsestream.producer.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import sparsestream.kafka.GroupLag;
import sparsestream.monitoring.Metrics;

/**
 * Counts {@code sparsestream.images.ingested}, {@code .images.refused}, {@code .images.produced} and {@code .batches.produced}, and shows
 * {@code .ingest.lag}.
 */
public final class MicrometerIngestMetrics implements IngestMetrics {
    private final MeterRegistry registry;
    private final Counter taken;
    private final Counter refused;
    private final Counter images;
    private final Counter batches;

    public MicrometerIngestMetrics(Metrics metrics) {
        this.registry = metrics.registry();
        this.taken = counter(metrics, "sparsestream.images.ingested", "Images that were decoded", "images");
        this.refused = counter(metrics, "sparsestream.images.refused", "Records in the dead letter topic", "images");
        this.images = counter(metrics, "sparsestream.images.produced", "Images that are on the topic", "images");
        this.batches = counter(metrics, "sparsestream.batches.produced", "Batches that are on the topic", "batches");
    }

    /** Shows how far all processes together are behind. */
    void lag(GroupLag lag) {
        Gauge.builder("sparsestream.ingest.lag", lag, GroupLag::records)
                .description("Images on images.raw that are not read yet")
                .baseUnit("images")
                .register(registry);
    }

    @Override
    public void imageTaken() {
        taken.increment();
    }

    @Override
    public void imageRefused() {
        refused.increment();
    }

    @Override
    public void batchMade(int imagesInBatch) {
        images.increment(imagesInBatch);
        batches.increment();
    }

    IngestProgress progress() {
        return new IngestProgress((long) taken.count(), (long) refused.count(), (long) batches.count());
    }

    private static Counter counter(Metrics metrics, String name, String description, String unit) {
        return Counter.builder(name).description(description).baseUnit(unit).register(metrics.registry());
    }
}
