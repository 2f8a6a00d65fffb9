package sparsestream.sampler.gallery;

import java.util.Optional;
import sparsestream.published.ModelVersion;
import sparsestream.sampler.RecentImages;
import sparsestream.sampler.ServedModel;

/** A served model with what is only shown of it. Safe for use by several threads. */
final class ShownModel {
    private final ServedModel served;
    private final TimeLapse timeLapse = new TimeLapse();
    /** Of the version that was last asked for. */
    private Insight insight;

    ShownModel(ServedModel served) {
        this.served = served;
    }

    String name() {
        return served.name();
    }

    Optional<ModelVersion> version() {
        return served.version();
    }

    long imagesGenerated() {
        return served.imagesGenerated();
    }

    RecentImages recent() {
        return served.recent();
    }

    TimeLapse timeLapse() {
        return timeLapse;
    }

    /** What the weights of the served version tell; empty until there is one. */
    synchronized Optional<Insight> insight() {
        Optional<ModelVersion> version = version();
        if (version.isPresent() && (insight == null || !insight.version().equals(version.get()))) {
            insight = Insight.of(version.get());
        }
        return version.map(served -> insight);
    }
}
