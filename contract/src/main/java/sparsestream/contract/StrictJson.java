package sparsestream.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** JSON out of foreign bytes: strict UTF-8, shallow, no duplicate keys, nothing after the end. */
final class StrictJson {
    static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 16;
    private static final int MAX_NUMBER_CHARS = 32;

    static final ObjectMapper MAPPER = mapper();

    private StrictJson() {}

    /** @param field what the bytes are, for the error message */
    static ObjectNode readObject(String field, byte[] bytes, int from, int length) throws MalformedMessageException {
        if (length > MAX_BYTES) {
            throw new MalformedMessageException(field, length + " bytes of JSON are more than " + MAX_BYTES);
        }
        // A reader with its own decoder refuses what is not UTF-8; given bytes, Jackson would guess the encoding.
        var utf8 = StandardCharsets.UTF_8.newDecoder();
        try (var reader = new InputStreamReader(new ByteArrayInputStream(bytes, from, length), utf8)) {
            JsonNode node = MAPPER.readTree(reader);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new MalformedMessageException(field, "is not a JSON object");
        } catch (JsonProcessingException e) {
            throw new MalformedMessageException(field + path(e), e.getOriginalMessage(), e);
        } catch (CharacterCodingException | CharConversionException e) {
            throw new MalformedMessageException(field, "is not UTF-8", e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** UTF-16 that UTF-8 can say: JSON can escape half of a surrogate pair. */
    static boolean isWellFormed(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static String path(JsonProcessingException e) {
        return e.getProcessor() instanceof JsonParser parser
                ? parser.getParsingContext().pathAsPointer().toString().replace('/', '.')
                : "";
    }

    private static ObjectMapper mapper() {
        var constraints = StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxNumberLength(MAX_NUMBER_CHARS)
                .maxNameLength(MAX_BYTES)
                .maxStringLength(MAX_BYTES)
                .build();
        // Names come from outside: interning them would keep them for the life of the process.
        var factory = JsonFactory.builder()
                .streamReadConstraints(constraints)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }
}
