package sparsestream.trainer.session;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.trainer.watch.Notice;
import sparsestream.trainer.watch.QualityMeters;

/** A trainer's meters, {@code sparsestream.*} tagged by model. */
final class MicrometerTrainerMetrics implements TrainerMetrics {
    private final MeterRegistry registry;
    private final Tags tags;
    private final Counter steps;
    private final Counter images;
    private final Counter rejected;
    private final Counter lost;
    private final Counter checkpoints;
    private final Timer stepTime;
    private final Timer checkpointTime;
    private final QualityMeters quality;
    private final Map<String, Double> losses = new ConcurrentHashMap<>();
    private final Map<String, Double> layers = new ConcurrentHashMap<>();
    private volatile double lag = Double.NaN;
    private volatile double freshnessSeconds = Double.NaN;
    private volatile double zeroRatio = Double.NaN;
    private volatile double version = Double.NaN;

    MicrometerTrainerMetrics(MeterRegistry registry, String model) {
        this.registry = registry;
        this.tags = Tags.of("model", model);
        quality = new QualityMeters(registry, tags);
        steps = counter("sparsestream.steps", "Batches learned", "batches");
        images = counter("sparsestream.images.learned", "Images learned", "images");
        rejected = counter("sparsestream.batches.rejected", "Batches sent to the dead letter topic", "batches");
        lost = counter("sparsestream.batches.lost", "Batches deleted before they were learned", "batches");
        checkpoints = counter("sparsestream.checkpoints", "Checkpoints committed", "checkpoints");
        stepTime = timer("sparsestream.step.time", "Time to learn one batch");
        checkpointTime = timer("sparsestream.checkpoint.time", "Time to publish a checkpoint in a transaction");
        TimeGauge.builder("sparsestream.freshness", this, TimeUnit.SECONDS, m -> m.freshnessSeconds)
                .description("Age of the last batch when it had been learned")
                .tags(tags)
                .register(registry);
        gauge("sparsestream.lag", "Batches on the topic that are not learned yet", "batches", m -> m.lag);
        gauge("sparsestream.zero.ratio", "Share of weights that are exactly zero", "ratio", m -> m.zeroRatio);
        gauge("sparsestream.checkpoint.version", "Version of the last checkpoint", "version", m -> m.version);
    }

    @Override
    public void learned(int count, Map<String, Double> terms, double stepSeconds, double ageSeconds) {
        steps.increment();
        images.increment(count);
        stepTime.record(Duration.ofNanos((long) (stepSeconds * 1e9)));
        freshnessSeconds = ageSeconds;
        terms.forEach((term, loss) -> {
            if (losses.put(term, loss) == null) {
                Gauge.builder("sparsestream.loss", losses, all -> all.get(term))
                        .description("Loss of the last batch before it was learned, nats an image")
                        .baseUnit("nats")
                        .tags(tags.and("term", term))
                        .register(registry);
            }
        });
    }

    @Override
    public void prequential(double loss) {
        quality.prequential(loss);
    }

    @Override
    public void noticed(Notice notice) {
        quality.noticed(notice);
    }

    @Override
    public void evaluated(Evaluation evaluation) {
        quality.evaluated(evaluation);
    }

    @Override
    public void refused() {
        quality.refused();
    }

    @Override
    public void floor(double distance) {
        quality.floor(distance);
    }

    @Override
    public void rejected() {
        rejected.increment();
    }

    @Override
    public void lag(long batches) {
        lag = batches;
    }

    @Override
    public void lost(long batches) {
        lost.increment((double) batches);
    }

    @Override
    public void recovered(double seconds) {
        TimeGauge.builder("sparsestream.recovery.time", () -> seconds, TimeUnit.SECONDS)
                .description("From the start of the process to its first step")
                .tags(tags)
                .register(registry);
    }

    @Override
    public void published(TrainerStatus status, Map<String, Double> layerZeroRatios, double transactionSeconds) {
        checkpoints.increment();
        checkpointTime.record(Duration.ofNanos((long) (transactionSeconds * 1e9)));
        zeroRatio = status.zeroRatio();
        status.evaluation().ifPresent(quality::evaluated);
        version = status.version();
        layerZeroRatios.forEach((layer, ratio) -> {
            if (layers.put(layer, ratio) == null) {
                Gauge.builder("sparsestream.layer.zero.ratio", layers, all -> all.get(layer))
                        .description("Share of one layer's weights that are exactly zero in the last checkpoint")
                        .baseUnit("ratio")
                        .tags(tags.and("layer", layer))
                        .register(registry);
            }
        });
    }

    private Counter counter(String name, String description, String unit) {
        return Counter.builder(name)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .publishPercentileHistogram()
                .register(registry);
    }

    private void gauge(String name, String description, String unit, ToDoubleFunction<MicrometerTrainerMetrics> value) {
        Gauge.builder(name, this, value)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }
}
