package sparsestream.producer.picture;

import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * Reads PNG and JPEG files, for any number of threads: the same file is always the same picture.
 *
 * <p>A picture is upright, and its samples are those of sRGB, or grey values with sRGB's curve: colour profiles are applied. Alpha is
 * not multiplied in. Take the samples from the raster, since Java's colour models say of grey ones that they are linear.
 */
public final class PictureReader {
    private final ColourProfiles profiles = new ColourProfiles();

    /**
     * The outside of a file; empty if it begins neither as a PNG nor as a JPEG does.
     *
     * @throws UnreadablePictureException if it is damaged, or of a kind that is not read
     */
    public Optional<EncodedPicture> open(byte[] file) {
        if (PngParser.begins(file)) {
            return Optional.of(new PngParser(file).parse());
        }
        return JpegParser.begins(file) ? Optional.of(new JpegParser(file).parse()) : Optional.empty();
    }

    /**
     * The picture itself. Costs time and memory by its width times its height, which is for the caller to limit.
     *
     * @throws UnreadablePictureException if the pixels are damaged
     */
    public BufferedImage decode(EncodedPicture picture) {
        BufferedImage stored = picture instanceof Jpeg jpeg ? jpeg.decode(profiles) : ((Png) picture).decode(profiles);
        return picture.orientation().upright(stored);
    }
}
