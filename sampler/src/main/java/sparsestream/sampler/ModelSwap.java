package sparsestream.sampler;

import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.monitoring.Health;
import sparsestream.published.ModelVersion;
import sparsestream.published.VersionListener;

/** Puts a version in the place of the one before it, and tells meters, health, the log and whoever waits for it. */
final class ModelSwap implements VersionListener {
    private static final Logger LOG = LoggerFactory.getLogger(ModelSwap.class);

    private final SamplerState state;
    private final SamplerMetrics metrics;
    private final Health health;
    private final Clock clock;
    private final List<Spectator> spectators;
    private final Consumer<ModelVersion> served;

    /** @param served told of every swap, once it is done */
    ModelSwap(
            SamplerState state,
            SamplerMetrics metrics,
            Health health,
            Clock clock,
            List<Spectator> spectators,
            Consumer<ModelVersion> served) {
        this.state = state;
        this.metrics = metrics;
        this.health = health;
        this.clock = clock;
        this.spectators = spectators;
        this.served = served;
    }

    @Override
    public void past(ModelVersion version) {
        spectators.forEach(spectator -> spectator.past(version));
    }

    /** Serves a version that was there before this process: its age says nothing about how fast swapping is. */
    @Override
    public void found(ModelVersion version) {
        serve(version);
        served.accept(version);
    }

    /** Serves a version that has just come. */
    @Override
    public void arrived(ModelVersion version) {
        serve(version);
        metrics.swapped(version.model(), version.age(clock.instant()));
        served.accept(version);
    }

    @Override
    public void caughtUp() {
        state.caughtUp();
    }

    /** What cannot be used changes nothing. */
    @Override
    public void rejected(String model) {
        metrics.checkpointRejected(model);
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
        spectators.forEach(spectator -> spectator.served(version));
        metrics.served(version);
        health.ready(check(version.model()), true, "version " + version.version());
    }

    /** The readiness check of a model. */
    static String check(String model) {
        return "model." + model;
    }
}
