package sparsestream.sampler.gallery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sparsestream.published.ModelVersion;

/**
 * A service of the pipeline as far as the sampler can tell: by what reaches it from there.
 *
 * @param name such as {@code trainer vae}
 * @param state {@code waiting} before its first sign, {@code active}, {@code quiet} when there has been none for
 *     {@value #QUIET_SECONDS} s, or {@code down}
 * @param sign what shows it, such as {@code checkpoint}
 * @param ageSeconds of the last sign; null if there is none, or it has no age
 */
record ServiceStatus(String name, String state, String sign, Double ageSeconds) {
    static final int QUIET_SECONDS = 30;

    private static final double MS_PER_SECOND = 1e3;

    static List<ServiceStatus> all(GalleryState state, Instant now) {
        TrainingHistory training = state.training();
        List<ServiceStatus> services = new ArrayList<>();
        services.add(new ServiceStatus("kafka", state.connected() ? "active" : "down", "answer", null));
        services.add(of("producer", "batch", training.lastBatch(), now));
        for (ShownModel model : state.models()) {
            Optional<Instant> served = model.version().map(ModelVersion::committed);
            Optional<Instant> told = training.lastCheckpoint(model.name());
            services.add(of("trainer " + model.name(), "checkpoint", told.or(() -> served), now));
        }
        Optional<Instant> image = state.models().stream()
                .flatMap(model -> model.recent().newest().stream())
                .map(emitted -> emitted.image().time())
                .max(Instant::compareTo);
        services.add(of("sampler", "image", image, now));
        return services;
    }

    private static ServiceStatus of(String name, String sign, Optional<Instant> last, Instant now) {
        if (last.isEmpty()) {
            return new ServiceStatus(name, "waiting", sign, null);
        }
        double age = Math.max(0, Duration.between(last.get(), now).toMillis() / MS_PER_SECOND);
        return new ServiceStatus(name, age > QUIET_SECONDS ? "quiet" : "active", sign, age);
    }
}
