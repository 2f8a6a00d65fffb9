package sparsestream.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What a merged model is made of: with the rounds before it, the settings and the batches, all that is needed to make it again.
 *
 * @param key of the model's checkpoints, {@code run/model}
 * @param version of the merged model, from 1
 * @param settings of every replica, besides the following
 * @param partitions of {@code images.batches}
 * @param every batches of a full round
 * @param outerLearningRate of the outer step
 * @param outerMomentum of the outer step
 * @param shares in the order of the partitions
 * @param images learned by then, all rounds together
 * @param weightsSha256 of all parameters that are being trained
 */
public record Round(
        String key,
        long version,
        String settings,
        int partitions,
        int every,
        double outerLearningRate,
        double outerMomentum,
        List<Share> shares,
        long images,
        String weightsSha256) {
    private static final String FORMAT = "sparsestream.round.v1";

    public Round {
        shares = List.copyOf(shares);
        if (!Checkpoint.isKey(key) || version < 1 || partitions < 1 || every < 1 || shares.isEmpty()) {
            throw new IllegalArgumentException("round %s of '%s', every %s batches of %s partitions, with %s shares"
                    .formatted(version, key, every, partitions, shares.size()));
        }
    }

    /** Whether every partition has given a full round. */
    public boolean isWhole() {
        return shares.size() == partitions && shares.stream().allMatch(share -> share.batches() == every);
    }

    /** The round under {@code run/model/version}. */
    public ProducerRecord<byte[], byte[]> toRecord(Topic topic) {
        ObjectNode json = StrictJson.MAPPER.createObjectNode();
        json.put("format", FORMAT)
                .put("model", key)
                .put("version", version)
                .put("settings", settings)
                .put("partitions", partitions)
                .put("every", every)
                .put("outerLearningRate", outerLearningRate)
                .put("outerMomentum", outerMomentum);
        ArrayNode list = json.putArray("shares");
        shares.forEach(share -> share.addTo(list.addObject()));
        json.put("images", images).put("weightsSha256", weightsSha256);
        try {
            return new ProducerRecord<>(
                    topic.name(),
                    0,
                    (key + "/" + version).getBytes(StandardCharsets.UTF_8),
                    StrictJson.MAPPER.writeValueAsBytes(json));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /** Whether the record's key says that it is a round of this model. */
    public static boolean isOf(ConsumerRecord<byte[], byte[]> record, String key) {
        return record.key() != null
                && record.value() != null
                && new String(record.key(), StandardCharsets.UTF_8).startsWith(key + "/");
    }

    /**
     * The round of a record on {@code model.rounds}.
     *
     * @throws MalformedMessageException if it is not such a record; the field is the member
     */
    public static Round fromRecord(ConsumerRecord<byte[], byte[]> record) throws MalformedMessageException {
        if (record.value() == null) {
            throw new MalformedMessageException("value", "is empty");
        }
        ObjectNode json = StrictJson.readObject("round", record.value(), 0, record.value().length);
        if (!json.path("format").asText().equals(FORMAT)) {
            throw new MalformedMessageException("format", "is not " + FORMAT);
        }
        List<Share> shares = new ArrayList<>();
        for (JsonNode share : json.path("shares")) {
            shares.add(Share.read(share));
        }
        try {
            return new Round(
                    json.path("model").asText(),
                    integer(json, "version"),
                    json.path("settings").asText(),
                    Math.toIntExact(integer(json, "partitions")),
                    Math.toIntExact(integer(json, "every")),
                    number(json, "outerLearningRate"),
                    number(json, "outerMomentum"),
                    shares,
                    integer(json, "images"),
                    json.path("weightsSha256").asText());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new MalformedMessageException("round", e.getMessage(), e);
        }
    }

    static long integer(JsonNode json, String name) throws MalformedMessageException {
        JsonNode value = json.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new MalformedMessageException(name, value + " is not an integer");
        }
        return value.longValue();
    }

    private static double number(JsonNode json, String name) throws MalformedMessageException {
        JsonNode value = json.path(name);
        if (!value.isNumber()) {
            throw new MalformedMessageException(name, value + " is not a number");
        }
        return value.doubleValue();
    }
}
