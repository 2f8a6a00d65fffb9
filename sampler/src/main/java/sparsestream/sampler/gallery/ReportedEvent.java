package sparsestream.sampler.gallery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * An event on {@code training.events}, of whatever kind: a newer trainer may tell of things that this sampler has no word for.
 *
 * @param offset of the record
 * @param kind such as {@code checkpoint}
 * @param source who tells
 * @param model such as {@code vae}
 * @param time of the record
 * @param details numbers, texts and truth values by name; those of an object in the data as {@code object.name}
 */
record ReportedEvent(long offset, String kind, String source, String model, Instant time, Map<String, Object> details) {
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_DETAILS = 64;
    private static final int MAX_TEXT = 300;
    private static final Pattern TYPE = Pattern.compile("sparsestream\\.training\\.([a-z]{1,32})\\.v[0-9]{1,3}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final ObjectMapper JSON = new ObjectMapper();

    ReportedEvent {
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }

    /** What a record tells; empty if it is no such event, or larger than one is. */
    static Optional<ReportedEvent> of(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null || record.value().length > MAX_BYTES) {
            return Optional.empty();
        }
        try {
            JsonNode json = JSON.readTree(record.value());
            Matcher type = TYPE.matcher(json.path("type").asText());
            String source = json.path("source").asText();
            String model = json.path("subject").asText();
            if (!type.matches()
                    || source.isEmpty()
                    || model.isEmpty()
                    || !json.path("data").isObject()) {
                return Optional.empty();
            }
            return Optional.of(new ReportedEvent(
                    record.offset(),
                    type.group(1),
                    source,
                    model,
                    Instant.ofEpochMilli(record.timestamp()),
                    details(json.path("data"))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A detail that is a number; empty if there is none of that name. */
    OptionalDouble number(String name) {
        return details.get(name) instanceof Number number
                ? OptionalDouble.of(number.doubleValue())
                : OptionalDouble.empty();
    }

    private static Map<String, Object> details(JsonNode data) {
        Map<String, Object> details = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : data.properties()) {
            if (member.getValue().isObject()) {
                member.getValue()
                        .properties()
                        .forEach(inner -> put(details, member.getKey() + "." + inner.getKey(), inner.getValue()));
            } else {
                put(details, member.getKey(), member.getValue());
            }
        }
        return details;
    }

    private static void put(Map<String, Object> details, String name, JsonNode value) {
        if (details.size() >= MAX_DETAILS || !NAME.matcher(name).matches()) {
            return;
        }
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            details.put(name, value.longValue());
        } else if (value.isNumber() && Double.isFinite(value.doubleValue())) {
            details.put(name, value.doubleValue());
        } else if (value.isBoolean()) {
            details.put(name, value.booleanValue());
        } else if (value.isTextual()) {
            details.put(name, shortened(value.textValue()));
        }
    }

    private static String shortened(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT - 1) + "…";
    }
}
