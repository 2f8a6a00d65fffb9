package sparsestream.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Samples that somebody asks for: a JSON object on {@code sample.requests}, answered by {@link GeneratedImage} records on {@code
 * images.generated} or a {@link RequestRefusal} on {@code sample.refusals}, with its id.
 *
 * <p>Members are {@code id} and {@code model}; {@code count} (default 1) and {@code seed} (default 0); {@code version} (default: the
 * one that is served); {@code run} (default: any that reads the topic); and at most one of {@code latents}, an array of vectors that
 * are taken as they are, and {@code interpolation}, {@code {"from": seed, "to": seed}} in {@code count} equal steps. {@code
 * truncation} (default 1) multiplies latent vectors that are not given. Others are refused.
 *
 * @param id 1 to 128 printable ASCII characters without spaces
 * @param run whose samplers are asked; empty for all
 * @param model such as {@code vae}
 * @param version of the checkpoint; empty for the one that is served
 * @param samples 1 to {@value #MAX_COUNT}, in the order in which to answer
 */
public record SampleRequest(String id, Optional<String> run, String model, OptionalLong version, List<Sample> samples) {
    public static final int MAX_COUNT = 1000;

    private static final Set<String> MEMBERS =
            Set.of("id", "model", "count", "seed", "version", "run", "latents", "interpolation", "truncation");
    private static final Pattern ID = Pattern.compile("[\\x21-\\x7e]{1,128}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** One image; its index is its place in the answer. */
    public record Sample(long seed, long index, LatentSource latent) {}

    public SampleRequest {
        samples = List.copyOf(samples);
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /**
     * The request in a record.
     *
     * @throws MalformedMessageException if it is none; the field is the member
     */
    public static SampleRequest fromRecord(ConsumerRecord<byte[], byte[]> record) throws MalformedMessageException {
        ObjectNode json = object(record);
        requireMembers("", json, MEMBERS);
        return new SampleRequest(
                text(json, "id", ID),
                json.has("run") ? Optional.of(text(json, "run", NAME)) : Optional.empty(),
                text(json, "model", NAME),
                json.has("version")
                        ? OptionalLong.of(integer(json, "version", 0, Long.MAX_VALUE))
                        : OptionalLong.empty(),
                samples(json));
    }

    /** The id of what may be a request that is malformed elsewhere. */
    public static Optional<String> id(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Optional.of(text(object(record), "id", ID));
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
    }

    private static ObjectNode object(ConsumerRecord<byte[], byte[]> record) throws MalformedMessageException {
        if (record.value() == null) {
            throw new MalformedMessageException("request", "is empty");
        }
        return StrictJson.readObject("request", record.value(), 0, record.value().length);
    }

    private static List<Sample> samples(ObjectNode json) throws MalformedMessageException {
        int count = json.has("count") ? (int) integer(json, "count", 1, MAX_COUNT) : 1;
        long seed = json.has("seed") ? integer(json, "seed", Long.MIN_VALUE, Long.MAX_VALUE) : 0;
        double truncation = json.has("truncation") ? share(json, "truncation") : 1;
        if (json.has("latents") && json.has("interpolation")) {
            throw new MalformedMessageException("latents", "are given and interpolation too");
        }
        if (json.has("latents")) {
            return given(json, seed);
        }
        return json.has("interpolation") ? between(json, count, truncation) : ofSeed(seed, count, truncation);
    }

    private static List<Sample> ofSeed(long seed, int count, double truncation) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            samples.add(new Sample(seed, i, new LatentSource.Seed(truncation)));
        }
        return samples;
    }

    /** In equal steps, both ends included; one image is the first end. */
    private static List<Sample> between(ObjectNode json, int count, double truncation)
            throws MalformedMessageException {
        if (!(json.get("interpolation") instanceof ObjectNode ends)) {
            throw new MalformedMessageException("interpolation", "is not an object with from and to");
        }
        requireMembers("interpolation.", ends, Set.of("from", "to"));
        long from = integer(ends, "from", Long.MIN_VALUE, Long.MAX_VALUE);
        long to = integer(ends, "to", Long.MIN_VALUE, Long.MAX_VALUE);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double position = count == 1 ? 0 : i / (count - 1.0);
            samples.add(new Sample(from, i, new LatentSource.Between(to, position, truncation)));
        }
        return samples;
    }

    private static List<Sample> given(ObjectNode json, long seed) throws MalformedMessageException {
        if (!(json.get("latents") instanceof ArrayNode vectors) || vectors.isEmpty() || vectors.size() > MAX_COUNT) {
            throw new MalformedMessageException("latents", "is not an array of 1 to " + MAX_COUNT + " vectors");
        }
        if (json.has("truncation")) {
            throw new MalformedMessageException("truncation", "does not go with latents, which are taken as they are");
        }
        if (json.has("count") && json.get("count").intValue() != vectors.size()) {
            throw new MalformedMessageException(
                    "count", "is " + json.get("count") + ", but there are " + vectors.size() + " latents");
        }
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < vectors.size(); i++) {
            samples.add(new Sample(seed, i, new LatentSource.Given(vector("latents." + i, vectors.get(i)))));
        }
        return samples;
    }

    private static float[] vector(String field, JsonNode json) throws MalformedMessageException {
        if (!(json instanceof ArrayNode array) || array.isEmpty() || array.size() > LatentSource.MAX_DIMENSIONS) {
            throw new MalformedMessageException(
                    field, "is not an array of 1 to " + LatentSource.MAX_DIMENSIONS + " numbers");
        }
        float[] vector = new float[array.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = array.get(i).isNumber() ? array.get(i).floatValue() : Float.NaN;
            if (!Float.isFinite(vector[i])) {
                throw new MalformedMessageException(field + "." + i, array.get(i) + " is not a finite F32 number");
            }
        }
        return vector;
    }

    private static void requireMembers(String prefix, ObjectNode json, Set<String> known)
            throws MalformedMessageException {
        for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new MalformedMessageException(prefix + name, "is no member of a request");
            }
        }
    }

    private static String text(ObjectNode json, String name, Pattern rule) throws MalformedMessageException {
        JsonNode node = json.path(name);
        if (node.isMissingNode()) {
            throw new MalformedMessageException(name, "is missing");
        }
        if (!node.isTextual() || !rule.matcher(node.textValue()).matches()) {
            throw new MalformedMessageException(name, node + " is not a text of the form " + rule);
        }
        return node.textValue();
    }

    private static long integer(ObjectNode json, String name, long min, long max) throws MalformedMessageException {
        JsonNode node = json.path(name);
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < min || node.longValue() > max) {
            throw new MalformedMessageException(name, "%s is not an integer from %s to %s".formatted(node, min, max));
        }
        return node.longValue();
    }

    private static double share(ObjectNode json, String name) throws MalformedMessageException {
        JsonNode node = json.path(name);
        if (!node.isNumber() || !(node.doubleValue() >= 0 && node.doubleValue() <= 1)) {
            throw new MalformedMessageException(name, node + " is not a number from 0 to 1");
        }
        return node.doubleValue();
    }
}
