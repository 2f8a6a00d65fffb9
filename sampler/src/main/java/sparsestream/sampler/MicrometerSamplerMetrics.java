package sparsestream.sampler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import sparsestream.published.ModelVersion;

/** The sampler's meters, all tagged by model; version and staleness are NaN until a model is served. */
final class MicrometerSamplerMetrics implements SamplerMetrics {
    private static final String MODEL = "model";
    private static final double NANOS_PER_SECOND = 1e9;

    private final Map<String, Meters> meters;
    private final Timer requests;
    private final Counter refusals;

    private record Meters(Counter images, Counter rejected, Timer swapDelay, AtomicReference<ModelVersion> served) {}

    MicrometerSamplerMetrics(MeterRegistry registry, Collection<String> models, Clock clock) {
        this.meters = models.stream()
                .collect(Collectors.toUnmodifiableMap(Function.identity(), model -> meters(registry, model, clock)));
        this.requests = Timer.builder("sparsestream.sampler.request.time")
                .description("From a request for samples until its answer is on the topic")
                .register(registry);
        this.refusals = Counter.builder("sparsestream.sampler.requests.refused")
                .description("Requests for samples that got a refusal")
                .baseUnit("requests")
                .register(registry);
    }

    private static Meters meters(MeterRegistry registry, String model, Clock clock) {
        Counter images = Counter.builder("sparsestream.images.generated")
                .description("Generated images that are on the topic")
                .baseUnit("images")
                .tag(MODEL, model)
                .register(registry);
        Counter rejected = Counter.builder("sparsestream.sampler.checkpoints.rejected")
                .description("Checkpoints that could not be used")
                .baseUnit("checkpoints")
                .tag(MODEL, model)
                .register(registry);
        Timer swapDelay = Timer.builder("sparsestream.sampler.swap.delay")
                .description("From the commit of a checkpoint until images are drawn from it")
                .tag(MODEL, model)
                .register(registry);
        AtomicReference<ModelVersion> served = new AtomicReference<>();
        gauge("sparsestream.sampler.model.version", served, ModelVersion::version)
                .description("Checkpoint version that images are drawn from")
                .baseUnit("version")
                .tag(MODEL, model)
                .register(registry);
        gauge(
                        "sparsestream.sampler.staleness",
                        served,
                        version -> version.age(clock.instant()).toNanos() / NANOS_PER_SECOND)
                .description("Time since the served version was committed")
                .baseUnit("seconds")
                .tag(MODEL, model)
                .register(registry);
        return new Meters(images, rejected, swapDelay, served);
    }

    private static Gauge.Builder<AtomicReference<ModelVersion>> gauge(
            String name, AtomicReference<ModelVersion> served, ToDoubleFunction<ModelVersion> value) {
        return Gauge.builder(
                name, served, reference -> reference.get() == null ? Double.NaN : value.applyAsDouble(reference.get()));
    }

    @Override
    public void imageGenerated(String model) {
        meters.get(model).images().increment();
    }

    @Override
    public void served(ModelVersion version) {
        meters.get(version.model()).served().set(version);
    }

    @Override
    public void swapped(String model, Duration delay) {
        meters.get(model).swapDelay().record(delay);
    }

    @Override
    public void checkpointRejected(String model) {
        meters.get(model).rejected().increment();
    }

    @Override
    public void requestAnswered(Duration time) {
        requests.record(time);
    }

    @Override
    public void requestRefused() {
        refusals.increment();
    }
}
