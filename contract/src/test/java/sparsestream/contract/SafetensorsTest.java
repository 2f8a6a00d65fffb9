package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SafetensorsTest {
    /** Written by hand from the format's description: two tensors, metadata, one space of padding. */
    private static final String HEADER = "{\"__metadata__\":{\"step\":\"7\"},"
            + "\"bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"mask\":{\"dtype\":\"U8\",\"shape\":[1,3],\"data_offsets\":[8,11]}}";

    private static final byte[] FILE = HexFormat.of()
            .parseHex("9000000000000000"
                    + HexFormat.of().formatHex((HEADER + " ").getBytes(StandardCharsets.UTF_8))
                    + "0000803f000000c0"
                    + "00ff07");

    private static final Safetensors CONTENTS = contents();

    @Test
    void aFileMadeByHandFromTheSpecificationIsRead() throws MalformedMessageException {
        Safetensors read = Safetensors.decode(FILE);

        assertThat(read.metadata()).containsExactly(Map.entry("step", "7"));
        assertThat(read.tensors().keySet()).containsExactly("bias", "mask");
        assertThat(read.tensors().get("bias").floats()).containsExactly(1f, -2f);
        assertThat(read.tensors().get("mask").shape()).containsExactly(1, 3);
        assertThat(read.tensors().get("mask").bytes()).containsExactly(0, 255, 7);
    }

    @Test
    void theSameContentsAreWrittenAsThatFileByteForByte() {
        assertThat(CONTENTS.encode()).isEqualTo(FILE);
    }

    @Test
    void theDataBeginsAtAMultipleOfEightBytes() {
        for (int length = 1; length < 12; length++) {
            byte[] file =
                    new Safetensors(Map.of(), Map.of("n".repeat(length), Tensor.ofBytes(new byte[1], 1))).encode();
            assertThat((file.length - 1) % 8).isZero();
        }
    }

    @Test
    void tensorsComeInTheOrderOfTheirDataWhateverTheOrderOfTheHeader() throws MalformedMessageException {
        String header = "{" + SafetensorsFiles.tensor("late", "\"U8\"", "[2]", "[3,5]") + ","
                + SafetensorsFiles.tensor("early", "\"U8\"", "[3]", "[0,3]") + "}";

        Map<String, Tensor> tensors =
                Safetensors.decode(SafetensorsFiles.file(header, 5)).tensors();

        assertThat(tensors.keySet()).containsExactly("early", "late");
        assertThat(tensors.get("late").bytes()).containsExactly(3, 4);
    }

    @Test
    void aFileWithoutTensorsAndATensorWithoutElementsAreLegal() throws MalformedMessageException {
        assertThat(Safetensors.decode(SafetensorsFiles.file("{}", 0)).tensors()).isEmpty();

        String header = "{" + SafetensorsFiles.tensor("none", "\"F32\"", "[0,5]", "[0,0]") + "}";
        Tensor none =
                Safetensors.decode(SafetensorsFiles.file(header, 0)).tensors().get("none");
        assertThat(none.floats()).isEmpty();
    }

    @Test
    void aScalarHasAnEmptyShape() throws MalformedMessageException {
        String header = "{" + SafetensorsFiles.tensor("one", "\"U16\"", "[]", "[0,2]") + "}";

        assertThat(Safetensors.decode(SafetensorsFiles.file(header, 2))
                        .tensors()
                        .get("one")
                        .shape())
                .isEmpty();
    }

    @Test
    void tensorsAreViewsOfTheFile() throws MalformedMessageException {
        byte[] file = FILE.clone();
        Tensor mask = Safetensors.decode(file).tensors().get("mask");

        file[file.length - 1] = 42;

        assertThat(mask.bytes()).endsWith(42);
    }

    @Test
    void theMapsCannotBeChangedFromOutside() {
        Map<String, Tensor> tensors = new LinkedHashMap<>(CONTENTS.tensors());
        Safetensors copy = new Safetensors(Map.of(), tensors);
        tensors.clear();

        assertThat(copy.tensors()).hasSize(2);
        assertThatThrownBy(() -> copy.tensors().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void whatNoReaderCouldReadIsNotWritten() {
        Tensor tensor = Tensor.ofBytes(new byte[1], 1);

        assertThatThrownBy(() -> new Safetensors(Map.of(), Map.of("__metadata__", tensor)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("__metadata__");
        assertThatThrownBy(() -> new Safetensors(Map.of("key", "\ud800"), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("surrogate");
        Safetensors large = new Safetensors(Map.of("key", "x".repeat(1 << 20)), Map.of());
        assertThatThrownBy(large::encode)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("header");
    }

    private static Safetensors contents() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("bias", Tensor.ofFloats(new float[] {1, -2}, 2));
        tensors.put("mask", Tensor.ofBytes(new byte[] {0, (byte) 255, 7}, 1, 3));
        return new Safetensors(Map.of("step", "7"), tensors);
    }
}
