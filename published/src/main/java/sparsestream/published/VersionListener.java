package sparsestream.published;

/** Told by a {@link CheckpointFollower}, in its thread, of the versions that it finds. */
public interface VersionListener {
    /** A version that was on the topic already, oldest first; one of those is {@linkplain #found found} in the end. */
    void past(ModelVersion version);

    /** The newest version of a model that was on the topic already. */
    void found(ModelVersion version);

    /** What was on the topic already has all been found. */
    void caughtUp();

    /** A version that has just come. */
    void arrived(ModelVersion version);

    /** A checkpoint of this model cannot be used. */
    void rejected(String model);
}
