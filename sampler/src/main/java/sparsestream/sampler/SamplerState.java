package sparsestream.sampler;

import java.util.List;
import java.util.Optional;

/** What the sampler serves now. Safe for use by several threads. */
public final class SamplerState {
    private final List<ServedModel> models;
    private volatile boolean connected;
    private volatile boolean caughtUp;

    SamplerState(List<String> models) {
        this.models = models.stream().map(ServedModel::new).toList();
    }

    /** In the order of the configuration; the same for ever. */
    public List<ServedModel> models() {
        return models;
    }

    public Optional<ServedModel> model(String name) {
        return models.stream().filter(model -> model.name().equals(name)).findAny();
    }

    /** Whether the cluster answered when last asked, which is every few seconds. */
    public boolean connected() {
        return connected;
    }

    void connected(boolean answers) {
        connected = answers;
    }

    /** Whether a model that is not served has no version yet, rather than one that has not been read. */
    boolean isCaughtUp() {
        return caughtUp;
    }

    void caughtUp() {
        caughtUp = true;
    }
}
