package sparsestream.producer.picture;

import java.util.OptionalInt;

/** What the components of a JPEG's pixels are. */
enum JpegColours {
    GREY,
    RGB,
    YCBCR,
    /** Inverted, no ink being 255, as Photoshop was the first to store it; browsers take it so whatever the markers say. */
    CMYK,
    /** CMYK of which CMY is stored as YCbCr, as if cyan were red. */
    YCCK;

    private static final int NO_TRANSFORM = 0;

    /**
     * As libjpeg guesses it, and with it all browsers ({@code default_decompress_parms} in jdapimin.c): the format itself does not tell.
     *
     * @param ids of the components, one, three or four
     * @param transform of the Adobe marker, where there is one
     */
    static JpegColours of(byte[] ids, boolean jfif, OptionalInt transform) {
        boolean untransformed = transform.isPresent() && transform.getAsInt() == NO_TRANSFORM;
        return switch (ids.length) {
            case 1 -> GREY;
            case 3 -> {
                boolean named = ids[0] == 'R' && ids[1] == 'G' && ids[2] == 'B';
                yield !jfif && (transform.isPresent() ? untransformed : named) ? RGB : YCBCR;
            }
            default -> transform.isEmpty() || untransformed ? CMYK : YCCK;
        };
    }

    /** In place, from what is stored to grey, RGB or CMYK of which 255 is full ink. */
    void convert(byte[] samples) {
        switch (this) {
            case GREY, RGB -> {}
            case YCBCR -> toRgb(samples, 3);
            case CMYK -> invert(samples, 0, 1);
            case YCCK -> {
                toRgb(samples, 4);
                invert(samples, 3, 4);
            }
        }
    }

    private static void invert(byte[] samples, int from, int step) {
        for (int i = from; i < samples.length; i += step) {
            samples[i] = (byte) ~samples[i];
        }
    }

    /** JFIF 1.02, "Conversion to and from RGB", in the fixed-point numbers of libjpeg, so that the results are its own. */
    private static void toRgb(byte[] samples, int bands) {
        for (int i = 0; i < samples.length; i += bands) {
            int y = samples[i] & 0xFF;
            int cb = (samples[i + 1] & 0xFF) - 128;
            int cr = (samples[i + 2] & 0xFF) - 128;
            samples[i] = clamped(y + ((91_881 * cr + 32_768) >> 16));
            samples[i + 1] = clamped(y + ((-22_554 * cb - 46_802 * cr + 32_768) >> 16));
            samples[i + 2] = clamped(y + ((116_130 * cb + 32_768) >> 16));
        }
    }

    private static byte clamped(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }
}
