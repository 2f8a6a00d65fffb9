package sparsestream.model;

import java.util.Random;

/** Images to learn from: on each, one soft round spot somewhere near the middle of black. */
public final class DrawnBlobs {
    private DrawnBlobs() {}

    /** Square images, [count, side · side] U8. */
    public static byte[] images(int count, int side, long seed) {
        Random random = new Random(seed);
        byte[] images = new byte[count * side * side];
        for (int image = 0; image < count; image++) {
            double x = side * (0.3 + 0.4 * random.nextDouble());
            double y = side * (0.3 + 0.4 * random.nextDouble());
            double width = side * (0.1 + 0.1 * random.nextDouble());
            for (int pixel = 0; pixel < side * side; pixel++) {
                int row = pixel / side;
                double distance = Math.hypot(pixel % side - x, row - y) / width;
                images[image * side * side + pixel] = (byte) Math.round(255 * Math.exp(-0.5 * distance * distance));
            }
        }
        return images;
    }

    /** Images without structure, [count, pixels] U8. */
    public static byte[] noise(int count, int pixels, long seed) {
        byte[] images = new byte[count * pixels];
        new Random(seed).nextBytes(images);
        return images;
    }
}
