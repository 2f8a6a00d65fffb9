package sparsestream.contract;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The class of each image of a batch as a byte, from any type of integers. */
final class Labels {
    private static final int MAX = 255;

    private Labels() {}

    /**
     * The labels of so many images.
     *
     * @throws MalformedMessageException if they are none, or one is not from 0 to 255; the message says how to convert
     */
    static byte[] of(Tensor labels, int count) throws MalformedMessageException {
        requireShape(labels.shape(), count);
        if (labels.dtype() == DType.U8) {
            return labels.bytes();
        }
        ByteBuffer data = labels.data();
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            long label = integer(data, i, labels.dtype());
            if (label < 0 || label > MAX) {
                String text = labels.dtype() == DType.U64 ? Long.toUnsignedString(label) : Long.toString(label);
                throw new MalformedMessageException(
                        "labels.data",
                        "the label of image " + i + " is " + text + ", not from 0 to " + MAX
                                + ": leave the tensor labels out where they are not known");
            }
            bytes[i] = (byte) label;
        }
        return bytes;
    }

    private static void requireShape(int[] shape, int count) throws MalformedMessageException {
        if (shape.length == 1 && shape[0] == count) {
            return;
        }
        String problem = shape.length == 1
                ? shape[0] + " labels for " + count + " images"
                : Arrays.toString(shape) + " is not [N], one label for each of " + count + " images"
                        + conversion(shape, count);
        throw new MalformedMessageException("labels.shape", problem);
    }

    private static String conversion(int[] shape, int count) {
        if (shape.length != 2 || shape[0] != count) {
            return "";
        }
        return shape[1] == 1
                ? ": convert with labels.reshape(-1)"
                : ": convert one-hot labels with labels.argmax(axis=1)";
    }

    private static long integer(ByteBuffer data, int index, DType dtype) throws MalformedMessageException {
        int at = index * dtype.bytes();
        return switch (dtype) {
            case I8 -> data.get(at);
            case U16 -> Short.toUnsignedLong(data.getShort(at));
            case I16 -> data.getShort(at);
            case U32 -> Integer.toUnsignedLong(data.getInt(at));
            case I32 -> data.getInt(at);
            case I64, U64 -> data.getLong(at);
            default ->
                throw new MalformedMessageException(
                        "labels.dtype",
                        "is " + dtype + ", not a type of integers: convert with labels.astype(\"int64\")");
        };
    }
}
