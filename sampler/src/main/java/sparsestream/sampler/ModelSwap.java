package sparsestream.sampler;

import java.time.Clock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.monitoring.Health;

/** Puts a version in the place of the one before it, and tells meters, health, the log and whoever waits for it. */
final class ModelSwap {
    private static final Logger LOG = LoggerFactory.getLogger(ModelSwap.class);

    private final SamplerState state;
    private final SamplerMetrics metrics;
    private final Health health;
    private final Clock clock;
    private final Consumer<ModelVersion> served;

    /** @param served told of every swap, once it is done */
    ModelSwap(SamplerState state, SamplerMetrics metrics, Health health, Clock clock, Consumer<ModelVersion> served) {
        this.state = state;
        this.metrics = metrics;
        this.health = health;
        this.clock = clock;
        this.served = served;
    }

    /** Serves a version that was there before this process: its age says nothing about how fast swapping is. */
    void found(ModelVersion version) {
        serve(version);
        served.accept(version);
    }

    /** Serves a version that has just come. */
    void arrived(ModelVersion version) {
        serve(version);
        metrics.swapped(version.model(), version.age(clock.instant()));
        served.accept(version);
    }

    /** What was there before this process has all been found. */
    void caughtUp() {
        state.caughtUp();
    }

    private void serve(ModelVersion version) {
        ServedModel model = state.model(version.model()).orElseThrow();
        if (model.version().isEmpty()) {
            LOG.info(
                    "{} is served, from version {} ({} images learned)",
                    version.model(),
                    version.version(),
                    version.images());
        } else {
            LOG.debug("{} is served from version {}", version.model(), version.version());
        }
        model.swap(version);
        metrics.served(version);
        health.ready(check(version.model()), true, "version " + version.version());
    }

    /** The readiness check of a model. */
    static String check(String model) {
        return "model." + model;
    }
}
