package sparsestream.sampler;

import sparsestream.kafka.Connection;
import sparsestream.published.ModelVersion;

/** Who watches a sampler at work: the gallery, as far as the sampler knows it. */
public interface Spectator {
    /** Told of a version that was on the topic already, oldest first; in the thread that follows the checkpoints. */
    void past(ModelVersion version);

    /** Told that images are drawn from this version from now on; in the same thread. */
    void served(ModelVersion version);

    /** What else it watches, in a thread of its own, until the connection is stopped. */
    void watch(SamplerClients clients, Connection connection);
}
