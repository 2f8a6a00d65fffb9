package sparsestream.producer.picture;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Colours as ICC profiles define them, in sRGB, by the Java runtime's colour management. Remembers the profiles last used, since making
 * a conversion takes as long as decoding a large picture.
 *
 * <p>Like browsers, takes a profile that is damaged or meant for other colours than those of the picture for none.
 */
final class ColourProfiles {
    /** The largest that printers' profiles in use come to is about 3 MB. */
    static final int MAX_BYTES = 4 << 20;

    private static final int MAX_REMEMBERED = 16;
    private static final int HEADER_BYTES = 128;
    /** Offsets in the header of a profile (ICC.1:2022, section 7.2). */
    private static final int CLASS = 12;

    private static final int COLOUR_SPACE = 16;
    private static final Map<String, Integer> COMPONENTS_BY_COLOUR_SPACE = Map.of("GRAY", 1, "RGB ", 3, "CMYK", 4);

    private final Map<ByteBuffer, Optional<Conversion>> remembered = new LinkedHashMap<>(32, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Optional<Conversion>> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /** From so many components to sRGB. */
    private record Conversion(int components, ColorConvertOp colours) {
        /** A browser also applies an RGB profile to a picture that is grey. */
        boolean suits(Raster samples) {
            return components == samples.getNumBands() || (components == 3 && samples.getNumBands() == 1);
        }

        Optional<WritableRaster> convert(Raster samples) {
            WritableRaster srgb = rgb(samples);
            try {
                return Optional.of(
                        colours.filter(components == samples.getNumBands() ? samples : thrice(samples), srgb));
            } catch (RuntimeException e) {
                // The runtime answers damaged profiles with many kinds of exceptions.
                return Optional.empty();
            }
        }

        private static Raster thrice(Raster grey) {
            WritableRaster rgb = rgb(grey);
            for (int band = 0; band < rgb.getNumBands(); band++) {
                Samples.copyBand(grey, 0, rgb, band);
            }
            return rgb;
        }

        private static WritableRaster rgb(Raster like) {
            return Samples.raster(like.getTransferType(), like.getWidth(), like.getHeight(), 3);
        }
    }

    /**
     * Samples in sRGB, as many bits each; empty if the profile does not suit them.
     *
     * @param samples grey, RGB or CMYK of 8 or 16 bits each, without alpha; of CMYK, the most is full ink
     */
    synchronized Optional<WritableRaster> toSrgb(byte[] profile, Raster samples) {
        return remembered
                .computeIfAbsent(ByteBuffer.wrap(profile), key -> conversion(profile))
                .filter(conversion -> conversion.suits(samples))
                .flatMap(conversion -> conversion.convert(samples));
    }

    /** Tried on a pixel, since the runtime looks at most of a profile only when it is used. */
    private static Optional<Conversion> conversion(byte[] profile) {
        Integer components = profile.length < HEADER_BYTES
                ? null
                : COMPONENTS_BY_COLOUR_SPACE.get(
                        new String(profile, COLOUR_SPACE, Integer.BYTES, StandardCharsets.ISO_8859_1));
        if (components == null) {
            return Optional.empty();
        }
        try {
            ICC_Profile[] way = {
                ICC_Profile.getInstance(asOfDisplay(profile)), ICC_Profile.getInstance(ColorSpace.CS_sRGB)
            };
            Conversion conversion = new Conversion(components, new ColorConvertOp(way, null));
            return conversion
                    .convert(Samples.raster(DataBuffer.TYPE_BYTE, 1, 1, components))
                    .map(pixel -> conversion);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @throws UnreadablePictureException if a profile has more than {@value #MAX_BYTES} bytes */
    static void requireSize(String format, int bytes) {
        if (bytes > MAX_BYTES) {
            throw new UnreadablePictureException(
                    "%s has a colour profile of more than %s bytes".formatted(format, MAX_BYTES));
        }
    }

    /** Java renders a printer's profile colorimetrically; viewers render any perceptually, as Java does that of a display. */
    private static byte[] asOfDisplay(byte[] profile) {
        return ByteBuffer.wrap(profile.clone())
                .putInt(CLASS, ICC_Profile.icSigDisplayClass)
                .array();
    }
}
