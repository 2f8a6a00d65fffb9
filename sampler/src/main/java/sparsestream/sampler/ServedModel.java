package sparsestream.sampler;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import sparsestream.contract.GeneratedImage;

/** A model, the version of it that images are drawn from, and the newest images. Safe for use by several threads. */
public final class ServedModel {
    private final String name;
    private final AtomicReference<ModelVersion> version = new AtomicReference<>();
    private final RecentImages recent = new RecentImages();

    ServedModel(String name) {
        this.name = name;
    }

    /** Such as {@code vae}. */
    public String name() {
        return name;
    }

    /** The version served now; empty until the first checkpoint. Draw an image, or a set of them, from one answer. */
    public Optional<ModelVersion> version() {
        return Optional.ofNullable(version.get());
    }

    /** Images that have reached the topic since this process started. */
    public long imagesGenerated() {
        return recent.count();
    }

    void swap(ModelVersion next) {
        version.set(next);
    }

    void generated(GeneratedImage image) {
        recent.add(image);
    }

    RecentImages recent() {
        return recent;
    }
}
