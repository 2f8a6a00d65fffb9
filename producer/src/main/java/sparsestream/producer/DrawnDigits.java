package sparsestream.producer;

import java.util.List;
import java.util.Random;

/**
 * Digits that the program draws itself, in MNIST's manner: 28 x 28, white on black, fitted into 20 x 20 and centred by
 * their mass. Image i shows the digit i mod 10 and follows from i alone, on every machine; the held-out images follow
 * the training images in the same sequence.
 */
final class DrawnDigits {
    static final String NAME = "drawn";

    private static final long SEED = 1998;
    private static final int TRAIN_IMAGES = 20_000;
    private static final int HELD_OUT_IMAGES = 2_000;
    private static final int SIDE = 28;
    private static final double BOX = 20;

    private final long seed;
    private final StrokeCanvas canvas = new StrokeCanvas(SIDE);

    DrawnDigits(long seed) {
        this.seed = seed;
    }

    static Dataset dataset(Split split) {
        return new DrawnDigits(SEED)
                .images(split == Split.TRAIN ? 0 : TRAIN_IMAGES, split == Split.TRAIN ? TRAIN_IMAGES : HELD_OUT_IMAGES);
    }

    /** Draws {@code count} images from the one with index {@code first} on. */
    Dataset images(int first, int count) {
        byte[] images = new byte[count * SIDE * SIDE];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) ((first + i) % 10);
            draw(labels[i], Seeds.random(seed, first + i), images, i * SIDE * SIDE);
        }
        return new Dataset(NAME, SIDE, SIDE, count, images, labels);
    }

    private void draw(int digit, Random random, byte[] images, int offset) {
        List<Glyph> variants = Glyph.VARIANTS.get(digit);
        double[][] paths = Handwriting.write(variants.get(random.nextInt(variants.size())), random);
        double radius = 0.85 + 0.95 * random.nextDouble();
        fit(paths, BOX - 2 * radius);
        centre(paths);
        canvas.clear();
        for (double[] path : paths) {
            for (int p = 2; p < path.length; p += 2) {
                canvas.segment(path[p - 2], path[p - 1], path[p], path[p + 1], radius);
            }
        }
        canvas.paint(radius, images, offset);
    }

    /** Scales so that the longer side of the bounding box becomes {@code length}. */
    private static void fit(double[][] paths, double length) {
        double extent = 0;
        for (int axis = 0; axis < 2; axis++) {
            double min = Double.POSITIVE_INFINITY;
            double max = Double.NEGATIVE_INFINITY;
            for (double[] path : paths) {
                for (int p = axis; p < path.length; p += 2) {
                    min = Math.min(min, path[p]);
                    max = Math.max(max, path[p]);
                }
            }
            extent = Math.max(extent, max - min);
        }
        for (double[] path : paths) {
            for (int p = 0; p < path.length; p++) {
                path[p] *= length / extent;
            }
        }
    }

    /** Moves the centre of the strokes' mass, their length that is, to the middle of the image. */
    private static void centre(double[][] paths) {
        double mass = 0;
        double massX = 0;
        double massY = 0;
        for (double[] path : paths) {
            for (int p = 2; p < path.length; p += 2) {
                double length = StrictMath.hypot(path[p] - path[p - 2], path[p + 1] - path[p - 1]);
                mass += length;
                massX += length * (path[p] + path[p - 2]) / 2;
                massY += length * (path[p + 1] + path[p - 1]) / 2;
            }
        }
        for (double[] path : paths) {
            for (int p = 0; p < path.length; p += 2) {
                path[p] += SIDE / 2.0 - massX / mass;
                path[p + 1] += SIDE / 2.0 - massY / mass;
            }
        }
    }
}
