package sparsestream.published;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what it was told. */
final class RecordingListener implements VersionListener {
    final List<ModelVersion> past = new CopyOnWriteArrayList<>();
    final List<ModelVersion> found = new CopyOnWriteArrayList<>();
    final List<ModelVersion> arrived = new CopyOnWriteArrayList<>();
    final List<String> rejected = new CopyOnWriteArrayList<>();
    volatile boolean caughtUp;

    @Override
    public void past(ModelVersion version) {
        past.add(version);
    }

    @Override
    public void found(ModelVersion version) {
        found.add(version);
    }

    @Override
    public void caughtUp() {
        caughtUp = true;
    }

    @Override
    public void arrived(ModelVersion version) {
        arrived.add(version);
    }

    @Override
    public void rejected(String model) {
        rejected.add(model);
    }
}
