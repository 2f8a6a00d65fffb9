package sparsestream.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file: where each tensor is.
 *
 * @param tensors in the order of their data, which has no hole and no overlap
 */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> tensors) {
    static final String METADATA = "__metadata__";
    static final int MAX_BYTES = StrictJson.MAX_BYTES;
    private static final int MAX_RANK = 32;
    private static final int ALIGNMENT = 8;

    /** One tensor; its bytes are [begin, end) of the data. */
    @SuppressWarnings("ArrayRecordComponent") // Lives for the length of a decode and is never compared.
    record Entry(String name, DType dtype, int[] shape, long begin, long end) {}

    /** @param dataLength bytes that follow the header, all of which the tensors must account for */
    static SafetensorsHeader read(byte[] file, int from, int length, int dataLength) throws MalformedMessageException {
        int end = from + length;
        while (end > from && file[end - 1] == ' ') {
            end--;
        }
        if (end - from < 2 || file[from] != '{' || file[end - 1] != '}') {
            throw new MalformedMessageException("header", "is not a JSON object padded with spaces");
        }
        ObjectNode json = StrictJson.readObject("header", file, from, end - from);
        Map<String, String> metadata = metadata(json.remove(METADATA));
        List<Entry> tensors = new ArrayList<>();
        for (Map.Entry<String, JsonNode> tensor : json.properties()) {
            tensors.add(entry(tensor.getKey(), tensor.getValue(), dataLength));
        }
        tensors.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        requireContiguous(tensors, dataLength);
        return new SafetensorsHeader(metadata, tensors);
    }

    /** The header of these tensors laid out one after the other, padded so that the data begins at a multiple of 8. */
    static byte[] write(Safetensors file) {
        ObjectNode json = StrictJson.MAPPER.createObjectNode();
        if (!file.metadata().isEmpty()) {
            file.metadata().forEach(json.putObject(METADATA)::put);
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> named : file.tensors().entrySet()) {
            Tensor tensor = named.getValue();
            ObjectNode entry = json.putObject(named.getKey());
            entry.put("dtype", tensor.dtype().name());
            var shape = entry.putArray("shape");
            Arrays.stream(tensor.shape()).forEach(shape::add);
            long end = offset + tensor.data().limit();
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        return padded(json);
    }

    private static byte[] padded(ObjectNode json) {
        try {
            byte[] bytes = StrictJson.MAPPER.writeValueAsBytes(json);
            int padding = Math.floorMod(-bytes.length, ALIGNMENT);
            byte[] padded = Arrays.copyOf(bytes, bytes.length + padding);
            Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
            if (padded.length > MAX_BYTES) {
                throw new IllegalArgumentException("header of " + padded.length + " bytes, the most is " + MAX_BYTES);
            }
            return padded;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of strings and numbers can always be written", e);
        }
    }

    private static Map<String, String> metadata(JsonNode json) throws MalformedMessageException {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (json == null) {
            return metadata;
        }
        require(json.isObject(), METADATA, "is not an object");
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            String field = METADATA + "." + entry.getKey();
            require(StrictJson.isWellFormed(entry.getKey()), field, "is half of a surrogate pair");
            require(entry.getValue().isTextual(), field, "is not a string");
            require(StrictJson.isWellFormed(entry.getValue().textValue()), field, "holds half of a surrogate pair");
            metadata.put(entry.getKey(), entry.getValue().textValue());
        }
        return metadata;
    }

    private static Entry entry(String name, JsonNode json, int dataLength) throws MalformedMessageException {
        require(StrictJson.isWellFormed(name), name, "the name holds half of a surrogate pair");
        require(json.isObject(), name, "is not an object");
        DType dtype = dtype(name + ".dtype", json.path("dtype"));
        int[] shape = shape(name + ".shape", json.path("shape"));
        String field = name + ".data_offsets";
        JsonNode offsets = json.path("data_offsets");
        require(offsets.isArray() && offsets.size() == 2, field, "is not [begin, end]");
        long begin = offset(field, offsets.get(0), dataLength);
        long end = offset(field, offsets.get(1), dataLength);
        long needed = byteLength(name + ".shape", dtype, shape);
        require(
                end - begin == needed,
                field,
                "[%s, %s] is not the %s bytes of %s %s".formatted(begin, end, needed, dtype, Arrays.toString(shape)));
        return new Entry(name, dtype, shape, begin, end);
    }

    private static DType dtype(String field, JsonNode json) throws MalformedMessageException {
        require(json.isTextual(), field, "is not a string");
        return DType.named(json.textValue())
                .orElseThrow(() -> new MalformedMessageException(field, "unknown dtype " + json.textValue()));
    }

    private static int[] shape(String field, JsonNode json) throws MalformedMessageException {
        require(json.isArray(), field, "is not an array");
        require(json.size() <= MAX_RANK, field, json.size() + " dimensions, the most is " + MAX_RANK);
        int[] shape = new int[json.size()];
        for (int i = 0; i < shape.length; i++) {
            JsonNode size = json.get(i);
            boolean legal = size.isIntegralNumber() && size.canConvertToInt() && size.intValue() >= 0;
            require(legal, field, "dimension " + i + " is " + size + ", not an integer from 0 to 2147483647");
            shape[i] = size.intValue();
        }
        return shape;
    }

    private static long offset(String field, JsonNode json, int dataLength) throws MalformedMessageException {
        boolean legal = json.isIntegralNumber()
                && json.canConvertToLong()
                && json.longValue() >= 0
                && json.longValue() <= dataLength;
        require(legal, field, json + " is not an offset into " + dataLength + " bytes of data");
        return json.longValue();
    }

    private static long byteLength(String field, DType dtype, int[] shape) throws MalformedMessageException {
        try {
            return Tensor.byteLength(dtype, shape);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(field, e.getMessage(), e);
        }
    }

    private static void requireContiguous(List<Entry> tensors, int dataLength) throws MalformedMessageException {
        long covered = 0;
        for (Entry tensor : tensors) {
            String field = tensor.name() + ".data_offsets";
            require(tensor.begin() >= covered, field, "begins at " + tensor.begin() + ", inside the tensor before it");
            require(
                    tensor.begin() == covered,
                    field,
                    "begins at " + tensor.begin() + " and leaves a hole from " + covered);
            covered = tensor.end();
        }
        require(covered == dataLength, "data", (dataLength - covered) + " bytes at the end belong to no tensor");
    }

    private static void require(boolean condition, String field, String problem) throws MalformedMessageException {
        if (!condition) {
            throw new MalformedMessageException(field, problem);
        }
    }
}
