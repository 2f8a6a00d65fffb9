package sparsestream.contract;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * An image that a model has drawn, with all that is needed to draw it again.
 *
 * <p>On the wire a <a
 * href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">CloudEvent in
 * Kafka's binary content mode</a>: the value is the PNG and nothing else, the attributes are headers, the key is the
 * model.
 *
 * @param model such as {@code vae}; not empty
 * @param version of the checkpoint that drew it
 * @param checkpointSha256 of that checkpoint
 * @param seed of the random numbers
 * @param index of the image among those of the seed
 * @param inputOffsetFrom first offset of {@code images.batches} that the model has learned, inclusive
 * @param inputOffsetTo last of them, exclusive
 * @param width in pixels
 * @param height in pixels
 * @param png 8-bit grey; not copied
 * @param time when it was drawn
 * @param source who drew it, a URI reference such as {@code /sparsestream/run-1/sampler}
 * @param latent how its latent vector comes about
 * @param requestId of the {@link SampleRequest} that it answers; empty if nobody asked for it
 */
@SuppressWarnings("ArrayRecordComponent") // Sent or shown as it is; equality is by content.
public record GeneratedImage(
        String model,
        long version,
        String checkpointSha256,
        long seed,
        long index,
        long inputOffsetFrom,
        long inputOffsetTo,
        int width,
        int height,
        byte[] png,
        Instant time,
        String source,
        LatentSource latent,
        Optional<String> requestId) {

    /** The CloudEvents {@code type}. */
    public static final String TYPE = "sparsestream.image.generated.v1";

    /** The header with the id of the request, by the name that CloudEvents gives it. */
    public static final String CORRELATION_HEADER = "ce_correlationid";

    private static final String SPEC_VERSION = "1.0";
    private static final String CONTENT_TYPE = "image/png";

    /**
     * An image with its provenance.
     *
     * @throws IllegalArgumentException if an attribute could not be written as a CloudEvent
     */
    public GeneratedImage {
        Objects.requireNonNull(png, "png");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(latent, "latent");
        if (model.isEmpty()) {
            throw new IllegalArgumentException("model is empty");
        }
        if (!Sha256.isHex(checkpointSha256)) {
            throw new IllegalArgumentException("'" + checkpointSha256 + "' is not a SHA-256");
        }
        if (!isUriReference(source)) {
            throw new IllegalArgumentException("source '" + source + "' is not a URI reference");
        }
        if (requestId.isPresent() && !SampleRequest.isId(requestId.get())) {
            throw new IllegalArgumentException("'" + requestId.get() + "' is not the id of a request");
        }
    }

    /** An image of a seed's own latent vector that nobody asked for. */
    public GeneratedImage(
            String model,
            long version,
            String checkpointSha256,
            long seed,
            long index,
            long inputOffsetFrom,
            long inputOffsetTo,
            int width,
            int height,
            byte[] png,
            Instant time,
            String source) {
        this(
                model,
                version,
                checkpointSha256,
                seed,
                index,
                inputOffsetFrom,
                inputOffsetTo,
                width,
                height,
                png,
                time,
                source,
                LatentSource.PLAIN,
                Optional.empty());
    }

    /**
     * The CloudEvents {@code id}: the same for the same image, or the same place in the answer to the same request, so that a
     * repeat can be told from a second image.
     */
    public String id() {
        return requestId.orElse(checkpointSha256 + "-" + seed) + "-" + index;
    }

    /** The event, keyed by the model. */
    public ProducerRecord<byte[], byte[]> toRecord(Topic topic) {
        var record = new ProducerRecord<>(topic.name(), model.getBytes(StandardCharsets.UTF_8), png);
        new HeaderFields(record.headers())
                .add("ce_specversion", SPEC_VERSION)
                .add("ce_id", id())
                .add("ce_source", source)
                .add("ce_type", TYPE)
                .add("ce_time", time)
                .add("content-type", CONTENT_TYPE)
                .add("ce_model", model)
                .add("ce_modelversion", version)
                .add("ce_checkpointsha256", checkpointSha256)
                .add("ce_seed", seed)
                .add("ce_index", index)
                .add("ce_inputfrom", inputOffsetFrom)
                .add("ce_inputto", inputOffsetTo);
        latent.addTo(record.headers());
        requestId.ifPresent(id -> new HeaderFields(record.headers()).add(CORRELATION_HEADER, id));
        return record;
    }

    /**
     * The image of a record on {@code images.generated}.
     *
     * @throws MalformedMessageException if it is not such an event; the field is the header, or {@code png}
     */
    public static GeneratedImage fromRecord(ConsumerRecord<byte[], byte[]> record) throws MalformedMessageException {
        if (record.value() == null) {
            throw new MalformedMessageException("value", "is empty");
        }
        HeaderFields headers = new HeaderFields(record.headers());
        headers.require("ce_specversion", SPEC_VERSION);
        headers.require("ce_type", TYPE);
        headers.require("content-type", CONTENT_TYPE);
        GreyPng.Size size = GreyPng.size(record.value());
        GeneratedImage image = new GeneratedImage(
                legal(headers, "ce_model", text -> !text.isEmpty()),
                headers.integer("ce_modelversion"),
                legal(headers, "ce_checkpointsha256", Sha256::isHex),
                headers.integer("ce_seed"),
                headers.integer("ce_index"),
                headers.integer("ce_inputfrom"),
                headers.integer("ce_inputto"),
                size.width(),
                size.height(),
                record.value(),
                time(headers),
                legal(headers, "ce_source", GeneratedImage::isUriReference),
                LatentSource.read(record.headers()),
                record.headers().lastHeader(CORRELATION_HEADER) == null
                        ? Optional.empty()
                        : Optional.of(legal(headers, CORRELATION_HEADER, SampleRequest::isId)));
        headers.require("ce_id", image.id());
        return image;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GeneratedImage that
                && model.equals(that.model)
                && version == that.version
                && id().equals(that.id())
                && checkpointSha256.equals(that.checkpointSha256)
                && seed == that.seed
                && latent.equals(that.latent)
                && inputOffsetFrom == that.inputOffsetFrom
                && inputOffsetTo == that.inputOffsetTo
                && width == that.width
                && height == that.height
                && Arrays.equals(png, that.png)
                && time.equals(that.time)
                && source.equals(that.source);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id(), time, source);
    }

    private static String legal(HeaderFields headers, String name, Predicate<String> rule)
            throws MalformedMessageException {
        String text = headers.text(name);
        if (!rule.test(text)) {
            throw headers.malformed(name, "'" + text + "' is not a legal value", null);
        }
        return text;
    }

    private static Instant time(HeaderFields headers) throws MalformedMessageException {
        String time = headers.text("ce_time");
        try {
            return OffsetDateTime.parse(time).toInstant();
        } catch (DateTimeException e) {
            throw headers.malformed("ce_time", "'" + time + "' is not an RFC 3339 time", e);
        }
    }

    private static boolean isUriReference(String text) {
        try {
            return !new URI(text).toString().isEmpty();
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
