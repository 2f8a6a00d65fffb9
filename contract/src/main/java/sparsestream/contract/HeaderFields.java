package sparsestream.contract;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Reads and writes the headers of a record as text.
 *
 * @param prefix put before a header's name in error messages
 */
record HeaderFields(Headers headers, String prefix) {
    HeaderFields(Headers headers) {
        this(headers, "");
    }

    HeaderFields add(String name, Object value) {
        headers.add(name, value.toString().getBytes(StandardCharsets.UTF_8));
        return this;
    }

    String text(String name) throws MalformedMessageException {
        Header header = headers.lastHeader(name);
        if (header == null || header.value() == null) {
            throw malformed(name, "header is missing", null);
        }
        try {
            ByteBuffer utf8 = ByteBuffer.wrap(header.value());
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw malformed(name, "is not UTF-8", e);
        }
    }

    long integer(String name) throws MalformedMessageException {
        String text = text(name);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw malformed(name, "'" + text + "' is not a 64-bit integer", e);
        }
    }

    void require(String name, String expected) throws MalformedMessageException {
        String actual = text(name);
        if (!actual.equals(expected)) {
            throw malformed(name, "is '" + actual + "', not '" + expected + "'", null);
        }
    }

    MalformedMessageException malformed(String name, String problem, Throwable cause) {
        return new MalformedMessageException(prefix + name, problem, cause);
    }
}
