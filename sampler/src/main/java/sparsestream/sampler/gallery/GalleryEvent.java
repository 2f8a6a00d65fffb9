package sparsestream.sampler.gallery;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import sparsestream.contract.GeneratedImage;
import sparsestream.sampler.EmittedImage;

/** What the page is told, each as the JSON object of its components. */
sealed interface GalleryEvent {
    /** The SSE event's name. */
    @JsonIgnore
    String name();

    /**
     * An image has reached the topic.
     *
     * @param sha256 of the checkpoint
     * @param seed a string, since JavaScript's numbers are exact to 2⁵³ only
     * @param request the id of the request that it answers; null if nobody asked for it
     * @param inputFrom first offset learned, inclusive
     * @param inputTo last of them, exclusive
     * @param png a data URL
     * @param replay the command that makes it again
     */
    record Image(
            String model,
            long version,
            String sha256,
            String seed,
            long index,
            String request,
            long inputFrom,
            long inputTo,
            String time,
            int partition,
            long offset,
            String png,
            String replay)
            implements GalleryEvent {
        static Image of(EmittedImage emitted, ReplayCommand replay) {
            GeneratedImage image = emitted.image();
            String base64 = Base64.getEncoder().encodeToString(image.png());
            return new Image(
                    image.model(),
                    image.version(),
                    image.checkpointSha256(),
                    String.valueOf(image.seed()),
                    image.index(),
                    image.requestId().orElse(null),
                    image.inputOffsetFrom(),
                    image.inputOffsetTo(),
                    image.time().toString(),
                    emitted.partition(),
                    emitted.offset(),
                    "data:image/png;base64," + base64,
                    replay.of(emitted));
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

    /** Something has happened to a model. */
    record Happening(@JsonUnwrapped GalleryApi.Event event) implements GalleryEvent {
        @Override
        public String name() {
            return "happening";
        }
    }

    /** The curves of a model go on. */
    record Point(String model, @JsonUnwrapped GalleryApi.Point point) implements GalleryEvent {
        @Override
        public String name() {
            return "point";
        }
    }

    /**
     * The server is there, and this is how it is.
     *
     * @param connected whether the Kafka cluster answers
     */
    record Heartbeat(boolean connected, List<ModelStatus> models, List<ServiceStatus> services)
            implements GalleryEvent {
        static Heartbeat of(GalleryState state, Instant now) {
            return new Heartbeat(state.connected(), ModelStatus.all(state, now), ServiceStatus.all(state, now));
        }

        @Override
        public String name() {
            return "heartbeat";
        }
    }
}
