package sparsestream.producer.picture;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/** Samples of 8 or 16 bits, band by band: grey or RGB, perhaps with alpha behind. */
final class Samples {
    private Samples() {}

    /** @param type one of {@link DataBuffer} */
    static WritableRaster raster(int type, int width, int height, int bands) {
        return Raster.createInterleavedRaster(type, width, height, bands, null);
    }

    /** @param samples [height, width, bands], which are handed over */
    static WritableRaster raster(byte[] samples, int width, int height, int bands) {
        WritableRaster raster = raster(DataBuffer.TYPE_BYTE, width, height, bands);
        byte[] data = ((DataBufferByte) raster.getDataBuffer()).getData();
        System.arraycopy(samples, 0, data, 0, data.length);
        return raster;
    }

    static void copyBand(Raster from, int fromBand, WritableRaster to, int toBand) {
        int[] row = null;
        for (int y = 0; y < to.getHeight(); y++) {
            row = from.getSamples(0, y, to.getWidth(), 1, fromBand, row);
            to.setSamples(0, y, to.getWidth(), 1, toBand, row);
        }
    }

    /** @param raster of one (grey) to four bands (RGB and alpha) */
    static BufferedImage image(WritableRaster raster) {
        int bands = raster.getNumBands();
        boolean alpha = bands % 2 == 0;
        ColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(bands < 3 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB),
                alpha,
                false,
                alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
                raster.getTransferType());
        return new BufferedImage(model, raster, false, null);
    }
}
