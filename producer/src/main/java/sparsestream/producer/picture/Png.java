package sparsestream.producer.picture;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Optional;

/**
 * A PNG file whose outside has been read.
 *
 * @param colours that the pixels may choose from
 * @param grey whether its samples are grey, though they may be read as if they chose from a palette
 * @param essential the file without what its pixels do not need
 */
record Png(Size stored, int colours, boolean grey, Orientation orientation, Optional<byte[]> profile, byte[] essential)
        implements EncodedPicture {
    /** The pixels as they are stored, not yet upright. */
    BufferedImage decode(ColourProfiles profiles) {
        BufferedImage read = StandardReader.PNG.image(essential, stored);
        if (read.getColorModel() instanceof IndexColorModel palette && palette.getMapSize() > colours) {
            requireChosen(read.getRaster());
        }
        return profile.flatMap(icc -> managed(read, icc, profiles)).orElse(read);
    }

    /** Viewers differ in what they show where there is no such colour. */
    private void requireChosen(Raster read) {
        int[] row = null;
        for (int y = 0; y < stored.height(); y++) {
            row = read.getSamples(0, y, stored.width(), 1, 0, row);
            for (int index : row) {
                if (index >= colours) {
                    throw new UnreadablePictureException(
                            "PNG has a pixel of colour %s, and its palette has %s".formatted(index, colours));
                }
            }
        }
    }

    /** Colours in sRGB, and alpha as it is. */
    private Optional<BufferedImage> managed(BufferedImage read, byte[] icc, ColourProfiles profiles) {
        Raster samples =
                read.getColorModel() instanceof IndexColorModel palette ? chosen(read, palette) : read.getRaster();
        int alpha = grey ? 1 : 3;
        WritableRaster opaque = raster(samples, alpha);
        for (int band = 0; band < alpha; band++) {
            Samples.copyBand(samples, band, opaque, band);
        }
        return profiles.toSrgb(icc, opaque).map(srgb -> Samples.image(withAlpha(srgb, samples, alpha)));
    }

    private static WritableRaster withAlpha(WritableRaster srgb, Raster samples, int alpha) {
        if (samples.getNumBands() == alpha) {
            return srgb;
        }
        WritableRaster all = raster(samples, 4);
        for (int band = 0; band < 3; band++) {
            Samples.copyBand(srgb, band, all, band);
        }
        Samples.copyBand(samples, alpha, all, 3);
        return all;
    }

    /** What the pixels choose from the palette, with alpha. */
    private Raster chosen(BufferedImage read, IndexColorModel palette) {
        WritableRaster samples = Samples.raster(DataBuffer.TYPE_BYTE, stored.width(), stored.height(), grey ? 2 : 4);
        for (int y = 0; y < stored.height(); y++) {
            for (int x = 0; x < stored.width(); x++) {
                int argb = palette.getRGB(read.getRaster().getSample(x, y, 0));
                int red = (argb >> 16) & 255;
                int alpha = argb >>> 24;
                samples.setPixel(
                        x, y, grey ? new int[] {red, alpha} : new int[] {red, (argb >> 8) & 255, argb & 255, alpha});
            }
        }
        return samples;
    }

    private static WritableRaster raster(Raster like, int bands) {
        return Samples.raster(like.getTransferType(), like.getWidth(), like.getHeight(), bands);
    }
}
