package sparsestream.contract;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * F32 tensors with many zeros, kept in a safetensors file as three plain tensors: {@code NAME.shape} I32 [rank], {@code
 * NAME.bitmap} U8 [⌈elements / 8⌉] with bit {@code i % 8} (the lowest is 0) of byte {@code i / 8} set where element i is not
 * zero, and {@code NAME.values} F32 with those elements in order. Any reader of safetensors can read it: in NumPy
 * {@code dense = zeros(prod(shape)); dense[unpackbits(bitmap, bitorder='little', count=dense.size) == 1] = values}.
 *
 * <p>A bit an element is less than compressed sparse rows need (16 bits or more for each value) until 97 % are zero.
 */
final class SparseLayout {
    private static final String SHAPE = ".shape";
    private static final String BITMAP = ".bitmap";
    private static final String VALUES = ".values";

    private SparseLayout() {}

    /** Every F32 tensor in whichever of the two forms is smaller. */
    static Map<String, Tensor> pack(Map<String, Tensor> dense) {
        Map<String, Tensor> packed = new LinkedHashMap<>();
        dense.forEach((name, tensor) -> {
            if (tensor.dtype() == DType.F32) {
                pack(name, tensor, packed);
            } else {
                packed.put(name, tensor);
            }
        });
        return packed;
    }

    private static void pack(String name, Tensor tensor, Map<String, Tensor> packed) {
        float[] elements = tensor.floats();
        byte[] bitmap = new byte[(elements.length + 7) / 8];
        float[] values = new float[elements.length];
        int count = 0;
        for (int i = 0; i < elements.length; i++) {
            // Compared as bits, so that -0.0 survives: what is read is what was written.
            if (Float.floatToRawIntBits(elements[i]) != 0) {
                bitmap[i >> 3] |= (byte) (1 << (i & 7));
                values[count++] = elements[i];
            }
        }
        int[] shape = tensor.shape();
        long sparseBytes = bitmap.length + (long) count * Float.BYTES + (long) shape.length * Integer.BYTES;
        if (sparseBytes >= (long) elements.length * Float.BYTES) {
            packed.put(name, tensor);
            return;
        }
        packed.put(name + SHAPE, Tensor.ofInts(shape, shape.length));
        packed.put(name + BITMAP, Tensor.ofBytes(bitmap, bitmap.length));
        packed.put(name + VALUES, Tensor.ofFloats(Arrays.copyOf(values, count), count));
    }

    /**
     * The dense tensors that were packed; what is not in the sparse form stays as it is.
     *
     * @throws MalformedMessageException if shape, bitmap and values of a tensor don't fit one another
     */
    static Map<String, Tensor> unpack(Map<String, Tensor> packed) throws MalformedMessageException {
        Map<String, Tensor> dense = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> entry : packed.entrySet()) {
            String name = entry.getKey();
            if (name.endsWith(BITMAP)) {
                String whole = name.substring(0, name.length() - BITMAP.length());
                dense.put(whole, unpack(whole, packed));
            } else if (!isPartOfSparse(name, packed)) {
                dense.put(name, entry.getValue());
            }
        }
        return dense;
    }

    private static boolean isPartOfSparse(String name, Map<String, Tensor> packed) {
        int dot = name.lastIndexOf('.');
        String suffix = dot < 0 ? "" : name.substring(dot);
        return (suffix.equals(SHAPE) || suffix.equals(VALUES)) && packed.containsKey(name.substring(0, dot) + BITMAP);
    }

    private static Tensor unpack(String name, Map<String, Tensor> packed) throws MalformedMessageException {
        int[] shape = vector(packed, name + SHAPE, DType.I32).ints();
        byte[] bitmap = vector(packed, name + BITMAP, DType.U8).bytes();
        float[] values = vector(packed, name + VALUES, DType.F32).floats();
        int elements = elements(name + SHAPE, shape, bitmap.length);
        requireBits(name, bitmap, elements, values.length);
        ByteBuffer bytes = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        FloatBuffer dense = bytes.asFloatBuffer();
        int next = 0;
        for (int i = 0; i < elements; i++) {
            if ((bitmap[i >> 3] & (1 << (i & 7))) != 0) {
                dense.put(i, values[next++]);
            }
        }
        return new Tensor(DType.F32, shape, bytes);
    }

    private static Tensor vector(Map<String, Tensor> packed, String name, DType dtype)
            throws MalformedMessageException {
        Tensor tensor = packed.get(name);
        if (tensor == null) {
            throw new MalformedMessageException(name, "is missing");
        }
        if (tensor.dtype() != dtype || tensor.shape().length != 1) {
            throw new MalformedMessageException(name, "is " + tensor + ", not " + dtype + " of one dimension");
        }
        return tensor;
    }

    /** The shape's product, which must be what the bitmap has room for: so no shape makes this allocate without bound. */
    private static int elements(String field, int[] shape, int bitmapBytes) throws MalformedMessageException {
        try {
            long elements = Tensor.byteLength(DType.U8, shape);
            if ((elements + 7) / 8 == bitmapBytes && elements <= Integer.MAX_VALUE / Float.BYTES) {
                return (int) elements;
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(field, e.getMessage(), e);
        }
        throw new MalformedMessageException(
                field, Arrays.toString(shape) + " does not fit a bitmap of " + bitmapBytes + " bytes");
    }

    private static void requireBits(String name, byte[] bitmap, int elements, int values)
            throws MalformedMessageException {
        int set = 0;
        for (byte bits : bitmap) {
            set += Integer.bitCount(bits & 0xff);
        }
        if (set != values) {
            throw new MalformedMessageException(name + VALUES, values + " values for " + set + " bits of the bitmap");
        }
        int unused = bitmap.length * 8 - elements;
        if (unused > 0 && (bitmap[bitmap.length - 1] & 0xff) >> (8 - unused) != 0) {
            throw new MalformedMessageException(name + BITMAP, "has bits set beyond its " + elements + " elements");
        }
    }
}
