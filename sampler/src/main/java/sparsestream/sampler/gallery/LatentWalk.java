package sparsestream.sampler.gallery;

import java.util.function.IntFunction;
import sparsestream.model.ImageGenerator;

/** Ways through the latent space, as the images met on them. */
final class LatentWalk {
    /** A plane reaches this far to both sides of the origin, in standard deviations. */
    static final double REACH = 3;

    private LatentWalk() {}

    /** Images on the arc from image 0 of one seed to image 0 of another, both included. */
    static IntFunction<byte[]> between(ImageGenerator generator, long fromSeed, long toSeed, int count) {
        return i -> generator.image(generator.between(fromSeed, toSeed, position(i, count)));
    }

    /**
     * Images on a square of a plane, row by row: image 0 of a seed with two of its latent dimensions moved, {@code x} growing to the
     * right and {@code y} upwards.
     *
     * @param side images in a row and in a column
     */
    static IntFunction<byte[]> plane(ImageGenerator generator, long seed, int x, int y, int side) {
        return i -> {
            float[] z = generator.latentVector(seed, 0);
            z[x] = coordinate(i % side, side);
            z[y] = coordinate(side - 1 - i / side, side);
            return generator.image(z);
        };
    }

    private static float coordinate(int i, int side) {
        return (float) (REACH * (2 * position(i, side) - 1));
    }

    private static double position(int i, int count) {
        return i / (double) (count - 1);
    }
}
