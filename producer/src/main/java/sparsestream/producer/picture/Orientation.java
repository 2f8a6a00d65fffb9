package sparsestream.producer.picture;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/** Where the first row and the first column of the stored pixels are in the picture (Exif 2.32, tag Orientation: 1 to 8, in this order). */
enum Orientation {
    TOP_LEFT(false, false, false),
    TOP_RIGHT(false, true, false),
    BOTTOM_RIGHT(false, true, true),
    BOTTOM_LEFT(false, false, true),
    LEFT_TOP(true, false, false),
    RIGHT_TOP(true, false, true),
    RIGHT_BOTTOM(true, true, true),
    LEFT_BOTTOM(true, true, false);

    private final boolean swapsSides;
    private final boolean fromRight;
    private final boolean fromBottom;

    Orientation(boolean swapsSides, boolean fromRight, boolean fromBottom) {
        this.swapsSides = swapsSides;
        this.fromRight = fromRight;
        this.fromBottom = fromBottom;
    }

    /** Whether the picture's width is the height of what is stored. */
    boolean swapsSides() {
        return swapsSides;
    }

    /** The picture of these stored pixels. */
    BufferedImage upright(BufferedImage stored) {
        if (this == TOP_LEFT) {
            return stored;
        }
        int width = stored.getWidth();
        int height = stored.getHeight();
        Raster from = stored.getRaster();
        WritableRaster to =
                from.createCompatibleWritableRaster(swapsSides ? height : width, swapsSides ? width : height);
        Object pixel = null;
        for (int y = 0; y < to.getHeight(); y++) {
            for (int x = 0; x < to.getWidth(); x++) {
                int column = swapsSides ? y : x;
                int row = swapsSides ? x : y;
                pixel = from.getDataElements(
                        fromRight ? width - 1 - column : column, fromBottom ? height - 1 - row : row, pixel);
                to.setDataElements(x, y, pixel);
            }
        }
        return new BufferedImage(stored.getColorModel(), to, false, null);
    }
}
