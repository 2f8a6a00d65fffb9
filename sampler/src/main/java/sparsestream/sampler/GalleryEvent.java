package sparsestream.sampler;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import sparsestream.contract.GeneratedImage;

/** What the page is told, each as the JSON object of its components. */
sealed interface GalleryEvent {
    /** The SSE event's name. */
    @JsonIgnore
    String name();

    /**
     * An image has reached the topic.
     *
     * @param seed a string, since JavaScript's numbers are exact to 2⁵³ only
     * @param png a data URL
     */
    record Image(String model, long version, String seed, long index, String png) implements GalleryEvent {
        static Image of(GeneratedImage image) {
            String base64 = Base64.getEncoder().encodeToString(image.png());
            return new Image(
                    image.model(),
                    image.version(),
                    String.valueOf(image.seed()),
                    image.index(),
                    "data:image/png;base64," + base64);
        }

        @Override
        public String name() {
            return "image";
        }
    }

    /** A version is served from now on. */
    record Version(@JsonUnwrapped ModelStatus status) implements GalleryEvent {
        @Override
        public String name() {
            return "version";
        }
    }

    /**
     * The server is there, and this is how it is.
     *
     * @param connected whether the Kafka cluster answers
     */
    record Heartbeat(boolean connected, List<ModelStatus> models) implements GalleryEvent {
        static Heartbeat of(SamplerState state, Instant now) {
            return new Heartbeat(state.connected(), ModelStatus.all(state, now));
        }

        @Override
        public String name() {
            return "heartbeat";
        }
    }
}
