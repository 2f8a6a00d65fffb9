package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static sparsestream.contract.SafetensorsFiles.file;
import static sparsestream.contract.SafetensorsFiles.littleEndian;
import static sparsestream.contract.SafetensorsFiles.tensor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MalformedSafetensorsTest {
    private static final int DATA_BYTES = 8;

    @ParameterizedTest(name = "{0}")
    @MethodSource({"lengths", "json", "entries", "layouts"})
    void whatIsNotSafetensorsNamesItsField(String fault, byte[] file, String field) {
        var e = catchThrowableOfType(MalformedMessageException.class, () -> Safetensors.decode(file));

        assertThat(e).as(fault).isNotNull();
        assertThat(e.field()).isEqualTo(field);
        assertThat(e).hasMessageStartingWith(field + ": ");
    }

    static Stream<Arguments> lengths() {
        return Stream.of(
                arguments("nothing", new byte[0], "header_length"),
                arguments("a truncated length", new byte[7], "header_length"),
                arguments("a length without a header", littleEndian(2), "header_length"),
                arguments("a header longer than the file", Arrays.copyOf(file("{}", 0), 9), "header_length"),
                arguments("a negative length", littleEndian(-1), "header_length"),
                arguments("a length that wraps around as an int", littleEndian((1L << 32) + 2), "header_length"),
                arguments("an absurd length", littleEndian(Long.MAX_VALUE), "header_length"),
                arguments("a header over the limit", file(" ".repeat((1 << 20) + 8), 0), "header_length"));
    }

    static Stream<Arguments> json() {
        return Stream.of(
                arguments("an empty header", file("", 0), "header"),
                arguments("only padding", file("    ", 0), "header"),
                arguments("padding in front", file(" {}", 0), "header"),
                arguments("padding that is not spaces", file("{}\n", 0), "header"),
                arguments("an array", file("[]", 0), "header"),
                arguments("a second value", file("{} {}", 0), "header"),
                arguments("an object cut short", file("{\"a\":{}", 0), "header.a"),
                arguments("not UTF-8", file(new byte[] {'{', '"', (byte) 0xC0, (byte) 0x80, '"', '}'}, 0), "header"),
                arguments("UTF-16", file("{}".getBytes(StandardCharsets.UTF_16LE), 0), "header"),
                arguments("a name said twice", file("{\"a\":{},\"a\":{}}", 0), "header.a"),
                arguments("dtype said twice", file("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\"}}", 0), "header.a.dtype"),
                arguments("half of a surrogate pair", file("{\"\\ud800\":{}}", 0), "?"),
                arguments("a name that breaks lines", file("{\"a\\nb\":1}", 0), "a?b"),
                arguments("a tensor that is a number", file("{\"a\":1}", 0), "a"),
                arguments("metadata that is a string", file("{\"__metadata__\":\"x\"}", 0), "__metadata__"),
                arguments("metadata with a number", file("{\"__metadata__\":{\"k\":1}}", 0), "__metadata__.k"),
                arguments("metadata that is null", file("{\"__metadata__\":null}", 0), "__metadata__"));
    }

    static Stream<Arguments> entries() {
        return Stream.of(
                entry("no dtype", "null", "[8]", "[0,8]", "a.dtype"),
                entry("an unknown dtype", "\"F7\"", "[8]", "[0,8]", "a.dtype"),
                entry("a dtype in lower case", "\"u8\"", "[8]", "[0,8]", "a.dtype"),
                entry("a shape that is a number", "\"U8\"", "8", "[0,8]", "a.shape"),
                entry("a negative dimension", "\"U8\"", "[-8]", "[0,8]", "a.shape"),
                entry("two negative dimensions", "\"U8\"", "[-2,-4]", "[0,8]", "a.shape"),
                entry("a fractional dimension", "\"U8\"", "[8.0]", "[0,8]", "a.shape"),
                entry("a dimension in quotes", "\"U8\"", "[\"8\"]", "[0,8]", "a.shape"),
                entry("a dimension over 2³¹−1", "\"U8\"", "[4294967304]", "[0,8]", "a.shape"),
                entry("a dimension over 2⁶³−1", "\"U8\"", "[18446744073709551624]", "[0,8]", "a.shape"),
                entry("a product that wraps to 8", "\"F64\"", "[1073741824,1073741824,16,1]", "[0,8]", "a.shape"),
                entry("a product that wraps to 0", "\"U8\"", "[65536,65536,65536,65536]", "[0,0]", "a.shape"),
                entry("33 dimensions", "\"U8\"", "[" + "1,".repeat(32) + "8]", "[0,8]", "a.shape"),
                entry("no offsets", "\"U8\"", "[8]", "null", "a.data_offsets"),
                entry("one offset", "\"U8\"", "[8]", "[8]", "a.data_offsets"),
                entry("three offsets", "\"U8\"", "[8]", "[0,8,8]", "a.data_offsets"),
                entry("a negative offset", "\"U8\"", "[8]", "[-8,0]", "a.data_offsets"),
                entry("an offset in quotes", "\"U8\"", "[8]", "[\"0\",8]", "a.data_offsets"),
                entry("offsets the wrong way round", "\"U8\"", "[8]", "[8,0]", "a.data_offsets"),
                entry("an end after the data", "\"U8\"", "[9]", "[0,9]", "a.data_offsets"),
                entry("an end at 2⁶³−1", "\"U8\"", "[8]", "[0,9223372036854775807]", "a.data_offsets"),
                entry("an end over 2⁶³−1", "\"U8\"", "[8]", "[0,18446744073709551616]", "a.data_offsets"),
                entry("fewer bytes than the shape", "\"F32\"", "[3]", "[0,8]", "a.data_offsets"),
                entry("more bytes than the shape", "\"F32\"", "[1]", "[0,8]", "a.data_offsets"));
    }

    static Stream<Arguments> layouts() {
        return Stream.of(
                layout("an overlap", "[0,5]", "[4,8]", "[5]", "[4]", "b.data_offsets"),
                layout("the same bytes twice", "[0,8]", "[0,8]", "[8]", "[8]", "b.data_offsets"),
                layout("one inside the other", "[0,8]", "[3,5]", "[8]", "[2]", "b.data_offsets"),
                layout("a hole", "[0,3]", "[4,8]", "[3]", "[4]", "b.data_offsets"),
                layout("a hole at the beginning", "[1,4]", "[4,8]", "[3]", "[4]", "a.data_offsets"),
                layout("bytes after the end", "[0,3]", "[3,7]", "[3]", "[4]", "data"),
                arguments("data without tensors", file("{}", 1), "data"));
    }

    private static Arguments entry(String fault, String dtype, String shape, String offsets, String field) {
        return arguments(fault, file("{" + tensor("a", dtype, shape, offsets) + "}", DATA_BYTES), field);
    }

    private static Arguments layout(String fault, String a, String b, String shapeA, String shapeB, String field) {
        String header = "{" + tensor("a", "\"U8\"", shapeA, a) + "," + tensor("b", "\"U8\"", shapeB, b) + "}";
        return arguments(fault, file(header, DATA_BYTES), field);
    }

    @Test
    void jsonDeeperThanAnyHeaderIsRefusedBeforeTheStackOverflows() {
        String deep = "{\"a\":" + "[".repeat(400_000) + "]".repeat(400_000) + "}";

        var e = catchThrowableOfType(MalformedMessageException.class, () -> Safetensors.decode(file(deep, 0)));

        assertThat(e.field()).startsWith("header");
        assertThat(e).hasMessageContaining("depth");
    }

    @Test
    void aMessageStaysShortHoweverLongTheOffendingValue() {
        byte[] file = file("{\"" + "n".repeat(500_000) + "\":{\"dtype\":\"" + "d".repeat(500_000) + "\"}}", 0);

        var e = catchThrowableOfType(MalformedMessageException.class, () -> Safetensors.decode(file));

        assertThat(e.getMessage()).hasSizeLessThan(1_000);
    }
}
