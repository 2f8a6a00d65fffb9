package sparsestream.producer.picture;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Optional;

/**
 * A JPEG file whose outside has been read.
 *
 * @param essential the file without what its pixels do not need
 */
record Jpeg(Size stored, JpegColours colours, Orientation orientation, Optional<byte[]> profile, byte[] essential)
        implements EncodedPicture {
    /** The pixels as they are stored, not yet upright. */
    BufferedImage decode(ColourProfiles profiles) {
        Raster read = StandardReader.JPEG.samples(essential, stored);
        int bands = read.getNumBands();
        byte[] samples = (byte[]) read.getDataElements(0, 0, stored.width(), stored.height(), null);
        colours.convert(samples);
        WritableRaster raster = Samples.raster(samples, stored.width(), stored.height(), bands);
        WritableRaster picture = profile.flatMap(icc -> profiles.toSrgb(icc, raster))
                .orElseGet(() -> bands == 4 ? withoutInk(samples) : raster);
        return Samples.image(picture);
    }

    /** What white light each ink lets through, as browsers have it where no profile tells what the inks are. */
    private WritableRaster withoutInk(byte[] cmyk) {
        byte[] rgb = new byte[cmyk.length / 4 * 3];
        for (int i = 0, to = 0; i < cmyk.length; i += 4) {
            int paper = 255 - (cmyk[i + 3] & 0xFF);
            for (int ink = i; ink < i + 3; ink++) {
                rgb[to++] = (byte) (((255 - (cmyk[ink] & 0xFF)) * paper + 127) / 255);
            }
        }
        return Samples.raster(rgb, stored.width(), stored.height(), 3);
    }
}
