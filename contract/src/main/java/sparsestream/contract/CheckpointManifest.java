package sparsestream.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * The record that makes the parts before it a checkpoint.
 *
 * @param version that every part must have
 * @param parts how many, from 1
 * @param bytes length of the file
 * @param sha256 of the file
 */
record CheckpointManifest(long version, int parts, int bytes, String sha256) {
    static final int MAX_FILE_BYTES = 1 << 30;

    private static final String FORMAT = "sparsestream.checkpoint.v1";

    /** @param metadata of the file, repeated so that a reader of the topic sees it without a decoder */
    byte[] encode(Map<String, String> metadata) {
        ObjectNode json = StrictJson.MAPPER.createObjectNode();
        json.put("format", FORMAT)
                .put("version", version)
                .put("parts", parts)
                .put("bytes", bytes)
                .put("sha256", sha256);
        metadata.forEach(json.putObject("metadata")::put);
        try {
            return StrictJson.MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of strings and numbers can always be written", e);
        }
    }

    /** @param key of the checkpoint, for error messages */
    static CheckpointManifest decode(String key, byte[] value) throws MalformedMessageException {
        ObjectNode json = StrictJson.readObject(key, value, 0, value.length);
        if (!FORMAT.equals(json.path("format").textValue())) {
            throw new MalformedMessageException(key + ".format", "is not " + FORMAT);
        }
        long version = integer(key + ".version", json.path("version"), 0, Long.MAX_VALUE);
        long parts = integer(key + ".parts", json.path("parts"), 1, CheckpointPart.MAX_PARTS);
        long bytes = integer(key + ".bytes", json.path("bytes"), 1, MAX_FILE_BYTES);
        String sha256 = json.path("sha256").asText();
        if (!Sha256.isHex(sha256)) {
            throw new MalformedMessageException(key + ".sha256", "is not 64 lower-case hexadecimal digits");
        }
        return new CheckpointManifest(version, (int) parts, (int) bytes, sha256);
    }

    private static long integer(String field, JsonNode json, long min, long max) throws MalformedMessageException {
        boolean legal = json.isIntegralNumber()
                && json.canConvertToLong()
                && json.longValue() >= min
                && json.longValue() <= max;
        if (!legal) {
            throw new MalformedMessageException(field, "%s is not an integer from %s to %s".formatted(json, min, max));
        }
        return json.longValue();
    }
}
