package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SparseLayoutTest {
    @Property(tries = 200)
    void whatIsPackedIsUnpackedToTheBit(
            @ForAll @IntRange(min = 0, max = 70) int rows,
            @ForAll @IntRange(min = 1, max = 9) int cols,
            @ForAll @DoubleRange(max = 1) double zeroRatio,
            @ForAll long seed)
            throws MalformedMessageException {
        Tensor tensor = sparse(rows, cols, zeroRatio, seed);
        Map<String, Tensor> packed = SparseLayout.pack(Map.of("a.weight", tensor));
        byte[] file = new Safetensors(Map.of(), packed).encode();
        assertThat(SparseLayout.unpack(Safetensors.decode(file).tensors())).isEqualTo(Map.of("a.weight", tensor));
    }

    @Test
    void aTensorWithSeventyPercentZerosTakesAThirdOfTheBytes() {
        Tensor tensor = sparse(512, 784, 0.7, 1);
        long bytes = SparseLayout.pack(Map.of("w", tensor)).values().stream()
                .mapToLong(part -> part.data().limit())
                .sum();
        double dense = tensor.data().limit();
        assertThat(bytes / dense).isBetween(0.32, 0.34);
    }

    @Test
    void aTensorWithoutZerosStaysDense() {
        Tensor tensor = sparse(4, 4, 0, 1);
        assertThat(SparseLayout.pack(Map.of("w", tensor))).isEqualTo(Map.of("w", tensor));
    }

    @Test
    void minusZeroSurvives() throws MalformedMessageException {
        float[] values = new float[64];
        values[3] = -0f;
        Tensor tensor = Tensor.ofFloats(values, 64);
        float[] read = SparseLayout.unpack(SparseLayout.pack(Map.of("w", tensor)))
                .get("w")
                .floats();
        assertThat(Float.floatToRawIntBits(read[3])).isEqualTo(Float.floatToRawIntBits(-0f));
    }

    @Test
    void partsThatDoNotFitOneAnotherNameTheField() {
        Map<String, Tensor> good = SparseLayout.pack(Map.of("w", sparse(5, 4, 0.8, 3)));
        assertRefused(good, "w.shape", null, "w.shape");
        assertRefused(good, "w.values", null, "w.values");
        assertRefused(good, "w.values", Tensor.ofFloats(new float[100], 100), "w.values");
        assertRefused(good, "w.values", Tensor.ofInts(new int[4], 4), "w.values");
        assertRefused(good, "w.shape", Tensor.ofInts(new int[] {1 << 30, 1 << 30}, 2), "w.shape");
        assertRefused(good, "w.shape", Tensor.ofInts(new int[] {-1, 4}, 2), "w.shape");
        assertRefused(good, "w.shape", Tensor.ofInts(new int[] {3, 4}, 2), "w.shape");
        assertRefused(good, "w.bitmap", Tensor.ofBytes(new byte[3], 3), "w.values");
        byte[] beyond = new byte[3];
        beyond[2] = (byte) 0xf0;
        Map<String, Tensor> four = new LinkedHashMap<>(good);
        four.put("w.values", Tensor.ofFloats(new float[4], 4));
        assertRefused(four, "w.bitmap", Tensor.ofBytes(beyond, 3), "w.bitmap");
    }

    private static void assertRefused(Map<String, Tensor> packed, String name, Tensor replacement, String field) {
        Map<String, Tensor> changed = new LinkedHashMap<>(packed);
        if (replacement == null) {
            changed.remove(name);
        } else {
            changed.put(name, replacement);
        }
        assertThatThrownBy(() -> SparseLayout.unpack(changed))
                .isInstanceOfSatisfying(MalformedMessageException.class, e -> assertThat(e.field())
                        .isEqualTo(field));
    }

    private static Tensor sparse(int rows, int cols, double zeroRatio, long seed) {
        Random random = new Random(seed);
        float[] values = new float[rows * cols];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextDouble() < zeroRatio ? 0f : 1f + random.nextFloat();
        }
        return Tensor.ofFloats(values, rows, cols);
    }
}
