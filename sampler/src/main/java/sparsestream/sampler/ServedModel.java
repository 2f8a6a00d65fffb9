package sparsestream.sampler;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import sparsestream.published.ModelVersion;

/** A model, the version of it that images are drawn from, and the newest images. Safe for use by several threads. */
public final class ServedModel {
    private final String name;
    private final AtomicReference<ModelVersion> version = new AtomicReference<>();
    private final ReadWriteLock steady = new ReentrantReadWriteLock();
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

    /** Waits for those who hold the version. */
    void swap(ModelVersion next) {
        steady.writeLock().lock();
        try {
            version.set(next);
        } finally {
            steady.writeLock().unlock();
        }
    }

    /**
     * While it is held, the version stays. Who draws for the topic holds it until the one producer has taken the images: so the
     * versions on the topic never go back.
     */
    Lock steady() {
        return steady.readLock();
    }

    void generated(EmittedImage image) {
        recent.add(image);
    }

    /** The newest of them. */
    public RecentImages recent() {
        return recent;
    }
}
