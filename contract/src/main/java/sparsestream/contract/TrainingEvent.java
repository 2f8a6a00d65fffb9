package sparsestream.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Something that happened to a model in training, told in the transaction in which it happened.
 *
 * <p>On the wire a <a
 * href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">CloudEvent in
 * Kafka's structured content mode</a>, keyed by the model, which is also its {@code subject}. It has no {@code time}, since
 * training knows no clock: the record's timestamp is the time.
 *
 * @param kind what happened
 * @param id the same for the same event, so that a repeat can be told from a second one
 * @param source who tells, a URI reference such as {@code /sparsestream/run-1/trainer}
 * @param model such as {@code vae}
 * @param data what there is to tell, see {@link Kind}; not copied
 */
public record TrainingEvent(Kind kind, String id, String source, String model, ObjectNode data) {
    /** What happened, and the members of its data. Figures that do not apply are null. */
    public enum Kind {
        /**
         * A checkpoint was published: {@code partition} (a merged model has none), {@code version}, {@code step}, {@code images}, {@code inputFrom} and
         * {@code inputTo} (offsets learned, the last exclusive), {@code zeroRatio}, {@code weightsSha256}, {@code losses} (of the
         * last batch, by term, nats an image), {@code lastBatchMs} (its timestamp), {@code evaluatedStep}, and as evaluated after
         * that step {@code heldOutNelbo} (nats an image), {@code frechetDistance} and {@code classCoverage} (classes with at least 1 %
         * of the generated images).
         */
        CHECKPOINT,
        /**
         * Records were put into the dead letters: {@code count}, and of the first {@code topic}, {@code partition}, {@code
         * offset} and {@code reason}.
         */
        REJECTION,
        /** Records had been deleted before they were learned: {@code topic}, {@code partition}, {@code from}, {@code to} (exclusive). */
        DATALOSS,
        /**
         * A model was not published because it was not good enough: {@code partition}, {@code step}, {@code reason}, {@code
         * evaluatedStep}, {@code heldOutNelbo}, {@code frechetDistance} and {@code classCoverage}.
         */
        GATE,
        /**
         * The model went back to the last good one: {@code partition}, {@code step}, {@code toStep}, {@code refusals} in a row before
         * that, and {@code rateScale}, by which the learning rate is multiplied from now on.
         */
        ROLLBACK,
        /**
         * The stream has changed: {@code partition}, {@code step}, {@code detector} ({@code page-hinkley} or {@code adwin}), {@code
         * loss} of the batch before it was learned and {@code prequentialLoss} of those before it, nats an image.
         */
        DRIFT,
        /**
         * The recipe has changed: {@code partition}, {@code step} (the last that was learned before) and {@code settings}, by name each
         * with its value {@code from} and {@code to}, null where it is not set.
         */
        SETTINGS;

        /** The CloudEvents {@code type}. */
        public String type() {
            return "sparsestream.training." + name().toLowerCase(Locale.ROOT) + ".v1";
        }
    }

    private static final String SPEC_VERSION = "1.0";
    private static final String CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8";

    /** An empty object to put the data of an event into. */
    public static ObjectNode newData() {
        return StrictJson.MAPPER.createObjectNode();
    }

    /** The event, keyed by the model. */
    public ProducerRecord<byte[], byte[]> toRecord(Topic topic) {
        ObjectNode json = newData();
        json.put("specversion", SPEC_VERSION)
                .put("id", id)
                .put("source", source)
                .put("type", kind.type())
                .put("subject", model)
                .put("datacontenttype", "application/json")
                .set("data", data);
        try {
            var record = new ProducerRecord<>(
                    topic.name(), model.getBytes(StandardCharsets.UTF_8), StrictJson.MAPPER.writeValueAsBytes(json));
            new HeaderFields(record.headers()).add("content-type", CONTENT_TYPE);
            return record;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /**
     * The event of a record on {@code training.events}.
     *
     * @throws MalformedMessageException if it is not such an event; the field is the attribute
     */
    public static TrainingEvent fromRecord(ConsumerRecord<byte[], byte[]> record) throws MalformedMessageException {
        if (record.value() == null) {
            throw new MalformedMessageException("value", "is empty");
        }
        ObjectNode json = StrictJson.readObject("event", record.value(), 0, record.value().length);
        String version = text(json, "specversion");
        if (!version.equals(SPEC_VERSION)) {
            throw new MalformedMessageException("specversion", "is '" + version + "', not '" + SPEC_VERSION + "'");
        }
        if (!(json.get("data") instanceof ObjectNode data)) {
            throw new MalformedMessageException("data", "is not a JSON object");
        }
        return new TrainingEvent(
                kind(text(json, "type")), text(json, "id"), text(json, "source"), text(json, "subject"), data);
    }

    private static Kind kind(String type) throws MalformedMessageException {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.type().equals(type))
                .findFirst()
                .orElseThrow(() -> new MalformedMessageException(
                        "type",
                        "'%s' is none of %s"
                                .formatted(
                                        type,
                                        Arrays.stream(Kind.values())
                                                .map(Kind::type)
                                                .collect(Collectors.joining(", ")))));
    }

    private static String text(ObjectNode json, String name) throws MalformedMessageException {
        String text = json.path(name).textValue();
        if (text == null || text.isEmpty()) {
            throw new MalformedMessageException(name, "is not a text");
        }
        return text;
    }
}
