package sparsestream.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The answer to a request for samples that gets none.
 *
 * <p>On the wire a CloudEvent in binary mode on {@code sample.refusals}. The value is a JSON object with {@code reason} and {@code
 * request}.
 *
 * @param requestId of the request; where it has none that can be read, the place {@code TOPIC-PARTITION@OFFSET}
 * @param request the place
 * @param reason why, for who asked
 * @param time of the refusal
 * @param source who refuses
 */
public record RequestRefusal(String requestId, String request, String reason, Instant time, String source) {
    /** The CloudEvents {@code type}. */
    public static final String TYPE = "sparsestream.request.refused.v1";

    private static final String CONTENT_TYPE = "application/json";

    /** The refusal of a record, for the reason that an exception tells. */
    public static RequestRefusal of(
            ConsumerRecord<byte[], byte[]> record, Exception reason, Instant time, String source) {
        String place = DeadLetter.address(record);
        return new RequestRefusal(
                SampleRequest.id(record).orElse(place), place, String.valueOf(reason.getMessage()), time, source);
    }

    /** The event, keyed by the request's id. */
    public ProducerRecord<byte[], byte[]> toRecord(Topic topic) {
        ObjectNode json = StrictJson.MAPPER.createObjectNode();
        json.put("reason", reason).put("request", request);
        try {
            var record = new ProducerRecord<>(
                    topic.name(),
                    requestId.getBytes(StandardCharsets.UTF_8),
                    StrictJson.MAPPER.writeValueAsBytes(json));
            new HeaderFields(record.headers())
                    .add("ce_specversion", "1.0")
                    .add("ce_id", request + "-refused")
                    .add("ce_source", source)
                    .add("ce_type", TYPE)
                    .add("ce_time", time)
                    .add("content-type", CONTENT_TYPE)
                    .add(GeneratedImage.CORRELATION_HEADER, requestId);
            return record;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of strings can always be written", e);
        }
    }
}
