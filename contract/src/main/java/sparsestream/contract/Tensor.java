package sparsestream.contract;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * An n-dimensional array, row-major and little-endian.
 *
 * <p>Nothing can be written through a tensor. The factories and the array accessors copy; the constructor keeps a view
 * of the buffer it is given, so that a file of many tensors is read without copying it.
 *
 * @param dtype type of the elements
 * @param shape size of each dimension; empty for a scalar
 * @param data the elements: a read-only little-endian view, position 0, limit at the end
 */
@SuppressWarnings("ArrayRecordComponent") // Copied on the way in and out, and compared by content.
public record Tensor(DType dtype, int[] shape, ByteBuffer data) {

    /**
     * A view of the buffer from its position to its limit.
     *
     * @throws IllegalArgumentException if it is not of the length that dtype and shape give
     */
    public Tensor {
        Objects.requireNonNull(dtype, "dtype");
        shape = shape.clone();
        data = data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        if (byteLength(dtype, shape) != data.limit()) {
            throw new IllegalArgumentException("%s %s needs %s bytes, not %s"
                    .formatted(dtype, Arrays.toString(shape), byteLength(dtype, shape), data.limit()));
        }
    }

    public static Tensor ofFloats(float[] data, int... shape) {
        ByteBuffer buffer = allocate(DType.F32, data.length);
        buffer.asFloatBuffer().put(data);
        return new Tensor(DType.F32, shape, buffer);
    }

    public static Tensor ofInts(int[] data, int... shape) {
        ByteBuffer buffer = allocate(DType.I32, data.length);
        buffer.asIntBuffer().put(data);
        return new Tensor(DType.I32, shape, buffer);
    }

    /** A tensor of {@link DType#U8}. */
    public static Tensor ofBytes(byte[] data, int... shape) {
        return new Tensor(DType.U8, shape, ByteBuffer.wrap(data.clone()));
    }

    @Override
    public int[] shape() {
        return shape.clone();
    }

    @Override
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * A copy of the elements.
     *
     * @throws IllegalStateException if they are not {@link DType#F32}
     */
    public float[] floats() {
        require(DType.F32);
        float[] copy = new float[data.limit() / Float.BYTES];
        data().asFloatBuffer().get(copy);
        return copy;
    }

    /**
     * A copy of the elements.
     *
     * @throws IllegalStateException if they are not {@link DType#I32}
     */
    public int[] ints() {
        require(DType.I32);
        int[] copy = new int[data.limit() / Integer.BYTES];
        data().asIntBuffer().get(copy);
        return copy;
    }

    /** A copy of the raw bytes, whatever the dtype. */
    public byte[] bytes() {
        byte[] copy = new byte[data.limit()];
        data().get(copy);
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tensor that
                && dtype == that.dtype
                && Arrays.equals(shape, that.shape)
                && data.equals(that.data);
    }

    @Override
    public int hashCode() {
        return Objects.hash(dtype, Arrays.hashCode(shape), data);
    }

    @Override
    public String toString() {
        return dtype + " " + Arrays.toString(shape);
    }

    /**
     * Bytes that such a tensor takes.
     *
     * @throws IllegalArgumentException if a dimension is negative or the product overflows
     */
    static long byteLength(DType dtype, int[] shape) {
        long length = dtype.bytes();
        for (int size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("dimension " + size + " is negative");
            }
            try {
                length = Math.multiplyExact(length, size);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("the product of " + Arrays.toString(shape) + " overflows", e);
            }
        }
        return length;
    }

    private void require(DType expected) {
        if (dtype != expected) {
            throw new IllegalStateException("tensor is " + dtype + ", not " + expected);
        }
    }

    private static ByteBuffer allocate(DType dtype, int elements) {
        return ByteBuffer.allocate(Math.multiplyExact(elements, dtype.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    }
}
