package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void elementsAreLittleEndian() {
        assertThat(Tensor.ofInts(new int[] {0x01020304}, 1).bytes()).containsExactly(4, 3, 2, 1);
        assertThat(Tensor.ofFloats(new float[] {1f}, 1).bytes()).containsExactly(0, 0, 0x80, 0x3f);
        assertThat(Tensor.ofFloats(new float[] {1f}, 1).data().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void nothingCanBeChangedThroughATensorOrWhatItWasMadeFrom() {
        byte[] bytes = {1, 2};
        int[] shape = {2};
        Tensor tensor = Tensor.ofBytes(bytes, shape);
        bytes[0] = 9;
        shape[0] = 9;
        tensor.shape()[0] = 9;
        tensor.bytes()[0] = 9;
        tensor.data().get();

        assertThat(tensor).isEqualTo(Tensor.ofBytes(new byte[] {1, 2}, 2));
        assertThat(tensor.data().remaining()).isEqualTo(2);
        assertThat(tensor.data().isReadOnly()).isTrue();
    }

    @Test
    void equalityIsThatOfDtypeShapeAndElements() {
        Tensor tensor = Tensor.ofBytes(new byte[] {1, 2, 3, 4}, 2, 2);

        assertThat(tensor).isEqualTo(Tensor.ofBytes(new byte[] {1, 2, 3, 4}, 2, 2));
        assertThat(tensor).hasSameHashCodeAs(Tensor.ofBytes(new byte[] {1, 2, 3, 4}, 2, 2));
        assertThat(tensor).isNotEqualTo(Tensor.ofBytes(new byte[] {1, 2, 3, 4}, 4));
        assertThat(tensor).isNotEqualTo(Tensor.ofBytes(new byte[] {1, 2, 3, 5}, 2, 2));
        assertThat(tensor).isNotEqualTo(new Tensor(DType.I8, new int[] {2, 2}, tensor.data()));
    }

    @Test
    void theConstructorTakesTheBufferFromItsPositionToItsLimit() {
        ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}).position(1).limit(3);

        assertThat(new Tensor(DType.U8, new int[] {2}, buffer).bytes()).containsExactly(2, 3);
    }

    @Test
    void dataOfAnotherLengthThanTheShapeGivesIsRefused() {
        assertThatThrownBy(() -> Tensor.ofFloats(new float[3], 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("F32 [2] needs 8 bytes, not 12");
        assertThatThrownBy(() -> Tensor.ofBytes(new byte[4], -2, -2)).hasMessageContaining("-2 is negative");
        assertThatThrownBy(() -> Tensor.ofBytes(new byte[0], 1 << 30, 1 << 30, 1 << 30))
                .hasMessageContaining("overflows");
    }

    @Test
    void elementsAreNotReadAsAnotherDtype() {
        assertThatThrownBy(() -> Tensor.ofBytes(new byte[4], 4).floats())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("tensor is U8, not F32");
        assertThatThrownBy(() -> Tensor.ofFloats(new float[1], 1).ints()).isInstanceOf(IllegalStateException.class);
    }
}
