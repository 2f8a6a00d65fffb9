package sparsestream.sampler;

import java.time.Duration;
import sparsestream.published.ModelVersion;

/** Told what the sampler does. Called from its threads and from the Kafka client's. */
interface SamplerMetrics {
    SamplerMetrics NOOP = new SamplerMetrics() {
        @Override
        public void imageGenerated(String model) {}

        @Override
        public void served(ModelVersion version) {}

        @Override
        public void swapped(String model, Duration delay) {}

        @Override
        public void checkpointRejected(String model) {}

        @Override
        public void requestAnswered(Duration time) {}

        @Override
        public void requestRefused() {}
    };

    /** An image is on the topic. */
    void imageGenerated(String model);

    /** Images are drawn from this version from now on. */
    void served(ModelVersion version);

    /**
     * A version was swapped in as it came, not found at the start.
     *
     * @param delay from its commit until it was served
     */
    void swapped(String model, Duration delay);

    /** A checkpoint could not be used. */
    void checkpointRejected(String model);

    /**
     * A request has got its images.
     *
     * @param time from the request's timestamp until the last of them was on the topic
     */
    void requestAnswered(Duration time);

    /** A request has got a refusal. */
    void requestRefused();
}
