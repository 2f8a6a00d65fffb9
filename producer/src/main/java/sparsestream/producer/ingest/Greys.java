package sparsestream.producer.ingest;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Grey values of pictures.
 *
 * <p>Read from the samples themselves: Java's own conversion takes grey samples for linear light and brightens them.
 */
final class Greys {
    private Greys() {}

    /**
     * Grey values [height, width] of a picture: the luma of ITU-R BT.601, on black where the picture is transparent.
     *
     * @throws RefusedImageException if it has other channels than grey or RGB, with or without alpha
     */
    static byte[] of(BufferedImage picture) {
        Raster raster = picture.getRaster();
        ColorModel colours = picture.getColorModel();
        int width = picture.getWidth();
        int height = picture.getHeight();
        int bands = raster.getNumBands();
        if (bands > 4) {
            throw new RefusedImageException("image has " + bands + " channels");
        }
        int max = (1 << colours.getComponentSize(0)) - 1;
        byte[] greys = new byte[height * width];
        int[] row = new int[width * bands];
        for (int y = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int x = 0; x < width; x++) {
                double grey = colours instanceof IndexColorModel palette
                        ? colour(palette.getRGB(row[x]))
                        : sample(row, x * bands, bands, max);
                greys[y * width + x] = (byte) Math.floor(grey + 0.5);
            }
        }
        return greys;
    }

    /** From 0 to 255. */
    private static double colour(int argb) {
        return luma(argb >> 16 & 255, argb >> 8 & 255, argb & 255) * (argb >>> 24) / 255;
    }

    /** From 0 to 255. */
    private static double sample(int[] row, int at, int bands, int max) {
        double grey = bands < 3 ? row[at] : luma(row[at], row[at + 1], row[at + 2]);
        double alpha = bands % 2 == 0 ? row[at + bands - 1] : max;
        return 255 * grey / max * alpha / max;
    }

    /** ITU-R BT.601-7, section 2.5.1. */
    private static double luma(int red, int green, int blue) {
        return (299 * red + 587 * green + 114 * blue) / 1000.0;
    }
}
