package sparsestream.sampler.gallery;

import java.util.function.IntFunction;
import sparsestream.contract.GreyPng;
import sparsestream.published.ModelVersion;

/**
 * Images side by side, as near to a square as they go, row by row, with a black line between.
 *
 * @param columns images in a row
 * @param rows of images; the last need not be full
 * @param height of one image, in pixels
 * @param width of one image, in pixels
 */
record SampleGrid(int count, int columns, int rows, int height, int width) {
    static final int MAX_COUNT = 400;

    private static final int GAP = 2;

    /** @throws IllegalArgumentException if the count is out of range, or so many images make too large a picture */
    static SampleGrid of(int count, int height, int width) {
        if (count < 1 || count > MAX_COUNT) {
            throw new IllegalArgumentException("count must be between 1 and " + MAX_COUNT + ", got " + count);
        }
        int columns = (int) Math.ceil(Math.sqrt(count));
        int rows = (count + columns - 1) / columns;
        SampleGrid grid = new SampleGrid(count, columns, rows, height, width);
        if (grid.pictureHeight() > GreyPng.MAX_SIDE || grid.pictureWidth() > GreyPng.MAX_SIDE) {
            throw new IllegalArgumentException("%s images of %s×%s pixels make a picture of more than %s pixels a side"
                    .formatted(count, height, width, GreyPng.MAX_SIDE));
        }
        return grid;
    }

    /** The same bytes for the same version and seed. */
    byte[] draw(ModelVersion version, long seed) {
        return draw(i -> version.generator().image(seed, i));
    }

    /** @param images [height, width] by index from 0 to count−1 */
    byte[] draw(IntFunction<byte[]> images) {
        byte[] picture = new byte[pictureHeight() * pictureWidth()];
        for (int i = 0; i < count; i++) {
            place(images.apply(i), i / columns * (height + GAP), i % columns * (width + GAP), picture);
        }
        return GreyPng.encode(picture, pictureWidth(), pictureHeight());
    }

    private void place(byte[] image, int top, int left, byte[] picture) {
        for (int row = 0; row < height; row++) {
            System.arraycopy(image, row * width, picture, (top + row) * pictureWidth() + left, width);
        }
    }

    private int pictureHeight() {
        return rows * (height + GAP) - GAP;
    }

    private int pictureWidth() {
        return columns * (width + GAP) - GAP;
    }
}
