package sparsestream.merge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import sparsestream.kafka.GroupLag;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.trainer.watch.QualityMeters;

/** Meters of a merge service, {@code sparsestream.*}, all but its lag tagged by model. */
final class MicrometerMergeMetrics implements MergeMetrics {
    private final MeterRegistry registry;
    private final Map<String, Meters> models = new ConcurrentHashMap<>();

    MicrometerMergeMetrics(MeterRegistry registry, List<String> models) {
        this.registry = registry;
        models.forEach(model -> this.models.put(model, new Meters(registry, Tags.of("model", model))));
    }

    /** Shows how far all processes together are behind. */
    void lag(GroupLag lag) {
        Gauge.builder("sparsestream.merge.lag", lag, GroupLag::records)
                .description("Records on model.contributions, parts of contributions, that are not read yet")
                .baseUnit("records")
                .register(registry);
    }

    @Override
    public void gathered(String model, long bytes) {
        models.get(model).contributions.increment();
        models.get(model).bytes.increment((double) bytes);
    }

    @Override
    public void refused(String model) {
        models.get(model).refused.increment();
    }

    @Override
    public void merged(String model, MergedRound round) {
        Meters meters = models.get(model);
        meters.rounds.increment();
        meters.missing.increment(round.missing());
        meters.time.record(Duration.ofNanos((long) (round.seconds() * 1e9)));
        meters.version = round.version();
        meters.images = round.images();
        meters.zeroRatio = round.zeroRatio();
    }

    @Override
    public void evaluated(String model, Evaluation evaluation) {
        models.get(model).quality.evaluated(evaluation);
    }

    MergeProgress progress(String model) {
        Meters meters = models.get(model);
        return new MergeProgress(
                model,
                Double.isNaN(meters.version) ? 0 : (long) meters.version,
                (long) meters.images,
                (long) meters.missing.count(),
                (long) meters.refused.count());
    }

    /** Of one model. */
    private static final class Meters {
        private final Counter contributions;
        private final Counter bytes;
        private final Counter refused;
        private final Counter rounds;
        private final Counter missing;
        private final Timer time;
        private final QualityMeters quality;
        private volatile double version = Double.NaN;
        private volatile double images;
        private volatile double zeroRatio = Double.NaN;

        Meters(MeterRegistry registry, Tags tags) {
            quality = new QualityMeters(registry, tags);
            contributions =
                    counter(registry, tags, "sparsestream.contributions", "Contributions of replicas", "contributions");
            bytes = counter(registry, tags, "sparsestream.contribution.bytes", "Size of contributions", "bytes");
            refused = counter(
                    registry,
                    tags,
                    "sparsestream.contributions.refused",
                    "Contributions sent to the dead letter topic",
                    "contributions");
            missing = counter(
                    registry,
                    tags,
                    "sparsestream.contributions.missing",
                    "Partitions without a contribution when a round ended",
                    "contributions");
            rounds = counter(registry, tags, "sparsestream.rounds", "Merged models", "rounds");
            time = Timer.builder("sparsestream.round.time")
                    .description("From a round's first contribution to its model")
                    .tags(tags)
                    .publishPercentileHistogram()
                    .register(registry);
            gauge(
                    registry,
                    tags,
                    "sparsestream.checkpoint.version",
                    "Version of the last checkpoint",
                    "version",
                    m -> m.version);
            gauge(
                    registry,
                    tags,
                    "sparsestream.zero.ratio",
                    "Share of weights that are exactly zero",
                    "ratio",
                    m -> m.zeroRatio);
        }

        private static Counter counter(
                MeterRegistry registry, Tags tags, String name, String description, String unit) {
            return Counter.builder(name)
                    .description(description)
                    .baseUnit(unit)
                    .tags(tags)
                    .register(registry);
        }

        private void gauge(
                MeterRegistry registry,
                Tags tags,
                String name,
                String description,
                String unit,
                ToDoubleFunction<Meters> value) {
            Gauge.builder(name, this, value)
                    .description(description)
                    .baseUnit(unit)
                    .tags(tags)
                    .register(registry);
        }
    }
}
