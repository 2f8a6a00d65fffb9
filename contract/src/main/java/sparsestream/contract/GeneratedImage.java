package sparsestream.contract;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

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
        String source) {

    /** The CloudEvents {@code type}. */
    public static final String TYPE = "sparsestream.image.generated.v1";

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
        if (model.isEmpty()) {
            throw new IllegalArgumentException("model is empty");
        }
        if (!Sha256.isHex(checkpointSha256)) {
            throw new IllegalArgumentException("'" + checkpointSha256 + "' is not a SHA-256");
        }
        if (!isUriReference(source)) {
            throw new IllegalArgumentException("source '" + source + "' is not a URI reference");
        }
    }

    /** The CloudEvents {@code id}: the same for the same image, so that a repeat can be told from a second image. */
    public String id() {
        return checkpointSha256 + "-" + seed + "-" + index;
    }

    public ProducerRecord<byte[], byte[]> toRecord(Topic topic) {
        var record = new ProducerRecord<>(topic.name(), utf8(model), png);
        add(record.headers(), "ce_specversion", SPEC_VERSION);
        add(record.headers(), "ce_id", id());
        add(record.headers(), "ce_source", source);
        add(record.headers(), "ce_type", TYPE);
        add(record.headers(), "ce_time", time);
        add(record.headers(), "content-type", CONTENT_TYPE);
        add(record.headers(), "ce_model", model);
        add(record.headers(), "ce_modelversion", version);
        add(record.headers(), "ce_checkpointsha256", checkpointSha256);
        add(record.headers(), "ce_seed", seed);
        add(record.headers(), "ce_index", index);
        add(record.headers(), "ce_inputfrom", inputOffsetFrom);
        add(record.headers(), "ce_inputto", inputOffsetTo);
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
        Headers headers = record.headers();
        require(headers, "ce_specversion", SPEC_VERSION);
        require(headers, "ce_type", TYPE);
        require(headers, "content-type", CONTENT_TYPE);
        GreyPng.Size size = GreyPng.size(record.value());
        GeneratedImage image = new GeneratedImage(
                model(headers),
                integer(headers, "ce_modelversion"),
                sha256(headers),
                integer(headers, "ce_seed"),
                integer(headers, "ce_index"),
                integer(headers, "ce_inputfrom"),
                integer(headers, "ce_inputto"),
                size.width(),
                size.height(),
                record.value(),
                time(headers),
                source(headers));
        require(headers, "ce_id", image.id());
        return image;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GeneratedImage that
                && model.equals(that.model)
                && version == that.version
                && id().equals(that.id())
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

    private static String text(Headers headers, String name) throws MalformedMessageException {
        Header header = headers.lastHeader(name);
        if (header == null || header.value() == null) {
            throw new MalformedMessageException(name, "header is missing");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(header.value()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedMessageException(name, "is not UTF-8", e);
        }
    }

    private static void require(Headers headers, String name, String expected) throws MalformedMessageException {
        String actual = text(headers, name);
        if (!actual.equals(expected)) {
            throw new MalformedMessageException(name, "is '" + actual + "', not '" + expected + "'");
        }
    }

    private static long integer(Headers headers, String name) throws MalformedMessageException {
        String text = text(headers, name);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new MalformedMessageException(name, "'" + text + "' is not a 64-bit integer", e);
        }
    }

    private static String model(Headers headers) throws MalformedMessageException {
        String model = text(headers, "ce_model");
        if (model.isEmpty()) {
            throw new MalformedMessageException("ce_model", "is empty");
        }
        return model;
    }

    private static String sha256(Headers headers) throws MalformedMessageException {
        String sha256 = text(headers, "ce_checkpointsha256");
        if (!Sha256.isHex(sha256)) {
            throw new MalformedMessageException("ce_checkpointsha256", "'" + sha256 + "' is not a SHA-256");
        }
        return sha256;
    }

    private static String source(Headers headers) throws MalformedMessageException {
        String source = text(headers, "ce_source");
        if (!isUriReference(source)) {
            throw new MalformedMessageException("ce_source", "'" + source + "' is not a URI reference");
        }
        return source;
    }

    private static Instant time(Headers headers) throws MalformedMessageException {
        String time = text(headers, "ce_time");
        try {
            return OffsetDateTime.parse(time).toInstant();
        } catch (DateTimeException e) {
            throw new MalformedMessageException("ce_time", "'" + time + "' is not an RFC 3339 time", e);
        }
    }

    private static boolean isUriReference(String text) {
        try {
            return !text.isEmpty() && !new URI(text).toString().isEmpty();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static void add(Headers headers, String name, Object value) {
        headers.add(name, utf8(value.toString()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
