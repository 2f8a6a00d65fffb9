package sparsestream.contract;

import java.nio.ByteBuffer;

/** Pixels as bytes, 0 black to 255 white, from the types in which other writers have them too. */
final class Intensities {
    private static final String WANTED = "pixels are U8 from 0 to 255, or floats from 0 to 1";
    private static final double WHITE = 255;

    private Intensities() {}

    /**
     * The pixels of {@code images}, in their order: U8 as they are, floats x from 0 to 1 as 255·x, rounded to the nearest.
     *
     * @param count of images, for the message
     * @throws MalformedMessageException if they are of another type, or a value is not from 0 to 1; the message says how to convert
     */
    static byte[] of(Tensor images, int count) throws MalformedMessageException {
        return images.dtype() == DType.U8 ? images.bytes() : rounded(floats(images), count);
    }

    private static byte[] rounded(double[] floats, int count) throws MalformedMessageException {
        byte[] pixels = new byte[floats.length];
        for (int i = 0; i < pixels.length; i++) {
            double x = floats[i];
            if (!(x >= 0 && x <= 1)) {
                int each = pixels.length / count;
                throw new MalformedMessageException(
                        "images.data",
                        "pixel " + i % each + " of image " + i / each + " is " + x + ", and " + WANTED + ": "
                                + (Double.isFinite(x)
                                        ? "divide images from 0 to 255 by 255, undo a normalisation, or cut off what is beyond"
                                                + " with images.clip(0, 1)"
                                        : "replace it, for example with numpy.nan_to_num(images).clip(0, 1)"));
            }
            pixels[i] = (byte) (int) Math.rint(WHITE * x);
        }
        return pixels;
    }

    private static double[] floats(Tensor tensor) throws MalformedMessageException {
        ByteBuffer data = tensor.data();
        double[] floats = new double[data.limit() / tensor.dtype().bytes()];
        switch (tensor.dtype()) {
            case F64 -> data.asDoubleBuffer().get(floats);
            case F32 -> {
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = data.getFloat(i * Float.BYTES);
                }
            }
            case F16 -> {
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = half(data.getShort(i * Short.BYTES));
                }
            }
            case BF16 -> {
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = Float.intBitsToFloat(data.getShort(i * Short.BYTES) << Short.SIZE);
                }
            }
            default -> {
                String factor = tensor.dtype() == DType.BOOL ? " * 255" : "";
                throw new MalformedMessageException(
                        "images.dtype",
                        "is " + tensor.dtype() + ", and " + WANTED + ": convert with images.astype(\"uint8\")"
                                + factor);
            }
        }
        return floats;
    }

    /** IEEE 754 binary16: a sign, 5 bits of exponent and 10 of mantissa. */
    private static float half(short bits) {
        int exponent = (bits >> 10) & 0x1f;
        int mantissa = bits & 0x3ff;
        float magnitude =
                switch (exponent) {
                    case 0 -> mantissa * 0x1p-24f;
                    case 0x1f -> mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                    default -> Float.intBitsToFloat(((exponent + 112) << 23) | (mantissa << 13));
                };
        return bits < 0 ? -magnitude : magnitude;
    }
}
