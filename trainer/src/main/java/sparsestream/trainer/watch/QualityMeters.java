package sparsestream.trainer.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import sparsestream.model.evaluation.Evaluation;

/**
 * Meters of how good a model is. Each gauge is registered with its first value: one that is always NaN would only mislead.
 */
public final class QualityMeters {
    private final MeterRegistry registry;
    private final Tags tags;
    private final Counter refused;
    private final Counter rollbacks;
    private final Map<String, Counter> alarms;
    private final Map<String, Double> values = new ConcurrentHashMap<>();

    public QualityMeters(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
        refused = Counter.builder("sparsestream.checkpoints.rejected")
                .description("Models that were not published because they were not good enough")
                .baseUnit("checkpoints")
                .tags(tags)
                .register(registry);
        rollbacks = Counter.builder("sparsestream.rollbacks")
                .description("Times that the model went back to the last good one")
                .baseUnit("rollbacks")
                .tags(tags)
                .register(registry);
        alarms = Watch.DETECTORS.stream()
                .collect(Collectors.toMap(detector -> detector, detector -> alarms(registry, tags, detector)));
    }

    /** There from the beginning, so that the first alarm is a rise from 0. */
    private static Counter alarms(MeterRegistry registry, Tags tags, String detector) {
        return Counter.builder("sparsestream.drift.alarms")
                .description("Alarms that the stream has changed")
                .baseUnit("alarms")
                .tags(tags.and("detector", detector))
                .register(registry);
    }

    public void prequential(double loss) {
        set(
                "sparsestream.prequential.loss",
                "Loss of the last batches before each was learned, an image",
                "nats",
                loss);
    }

    public void evaluated(Evaluation evaluation) {
        evaluation.elbo().ifPresent(elbo -> {
            set("sparsestream.held.out.nelbo", "-ELBO on held-out images, an image", "nats", elbo.negative());
            set("sparsestream.held.out.reconstruction", "Its reconstruction term", "nats", elbo.reconstruction());
            set("sparsestream.held.out.kl", "Its divergence from the prior", "nats", elbo.klDivergence());
            set("sparsestream.active.units", "Latent dimensions in use", "units", elbo.activeUnits());
        });
        evaluation.samples().ifPresent(samples -> {
            set(
                    "sparsestream.frechet.distance",
                    "Of generated images from held-out ones, in a classifier's features",
                    "distance",
                    samples.frechetDistance());
            set("sparsestream.density", "Generated images in the balls around real ones", "ratio", samples.density());
            set("sparsestream.coverage", "Real images with a generated one in their ball", "ratio", samples.coverage());
            set(
                    "sparsestream.class.share.min",
                    "Share of generated images in the rarest class",
                    "ratio",
                    samples.smallestClassShare());
            set(
                    "sparsestream.class.coverage",
                    "Share of the classes that have at least 1 % of the generated images",
                    "ratio",
                    (double) samples.classesCovered() / samples.classes());
            set("sparsestream.class.kl", "Divergence of the classes' shares from real ones", "nats", samples.classKl());
        });
    }

    /** Fréchet distance of real images from other real ones. */
    public void floor(double distance) {
        set("sparsestream.frechet.floor", "Fréchet distance of real images from real ones", "distance", distance);
    }

    public void noticed(Notice notice) {
        if (notice instanceof Notice.RolledBack) {
            rollbacks.increment();
        } else if (notice instanceof Notice.Drift drift) {
            alarms.get(drift.detector()).increment();
        }
    }

    public void refused() {
        refused.increment();
    }

    private void set(String name, String description, String unit, double value) {
        if (values.put(name, value) == null) {
            Gauge.builder(name, values, all -> all.get(name))
                    .description(description)
                    .baseUnit(unit)
                    .tags(tags)
                    .register(registry);
        }
    }
}
