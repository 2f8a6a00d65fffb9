package sparsestream.sampler.gallery;

import java.time.Instant;
import java.util.List;
import sparsestream.published.ModelVersion;

/**
 * A model at one moment, as {@code /api/models} and the events tell it; what comes from a version is null until there is one.
 *
 * @param state {@code starting} or {@code serving}
 * @param imagesLearned by the version
 * @param imagesGenerated since the sampler started
 * @param stalenessSeconds since the version was committed
 */
record ModelStatus(
        String model,
        String state,
        long imagesGenerated,
        Long version,
        String sha256,
        Long step,
        Long imagesLearned,
        Double zeroRatio,
        Integer height,
        Integer width,
        Double stalenessSeconds) {
    private static final double MS_PER_SECOND = 1e3;

    static List<ModelStatus> all(GalleryState state, Instant now) {
        return state.models().stream().map(model -> of(model, now)).toList();
    }

    static ModelStatus of(ShownModel model, Instant now) {
        return model.version()
                .map(version -> serving(model, version, now))
                .orElseGet(() -> new ModelStatus(
                        model.name(),
                        "starting",
                        model.imagesGenerated(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    private static ModelStatus serving(ShownModel model, ModelVersion version, Instant now) {
        return new ModelStatus(
                model.name(),
                "serving",
                model.imagesGenerated(),
                version.version(),
                version.sha256(),
                version.step(),
                version.images(),
                version.zeroRatio(),
                version.height(),
                version.width(),
                version.age(now).toMillis() / MS_PER_SECOND);
    }
}
