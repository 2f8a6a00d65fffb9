package sparsestream.producer.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureReaderTest {
    private final PictureReader reader = new PictureReader();

    /** As {@code make.py} has printed them. */
    @ParameterizedTest
    @CsvSource({
        "cmyk.jpg, 142, 134, 115",
        "icc-cmyk.jpg, 149, 118, 90",
        "icc-rgb-on-grey.png, 150, 150, 150",
        "icc-swapped-alpha.png, 128, 112, 137",
        "icc-swapped-palette.png, 164, 56, 35",
        "icc-swapped.jpg, 133, 115, 141",
        "orientation-6.png, 140, 135, 117",
        "palette-4.png, 127, 132, 128",
        "rgb-16.png, 142, 134, 115",
        "rgb-ids-RGB.jpg, 142, 134, 115",
        "ycc-444.jpg, 142, 134, 115",
        "ycck.jpg, 143, 134, 117"
    })
    void coloursAreThoseThatAViewerShows(String file, double red, double green, double blue) throws IOException {
        double[] mean = meanColour(read(file));

        // Transparent pixels have a colour, but a viewer forgets it.
        double tolerance = file.contains("alpha") ? 12 : 1.5;
        assertThat(mean[0]).isCloseTo(red, within(tolerance));
        assertThat(mean[1]).isCloseTo(green, within(tolerance));
        assertThat(mean[2]).isCloseTo(blue, within(tolerance));
    }

    @Test
    void theSizeIsThatOfTheUprightPicture() throws IOException {
        for (String file : new String[] {"orientation-6.png", "orientation-8-II.jpg"}) {
            EncodedPicture encoded = reader.open(bytes(file)).orElseThrow();
            assertThat(encoded.width()).isEqualTo(28);
            assertThat(encoded.height()).isEqualTo(14);

            BufferedImage picture = reader.decode(encoded);
            assertThat(picture.getWidth()).isEqualTo(28);
            assertThat(picture.getHeight()).isEqualTo(14);
        }
    }

    @Test
    void otherFilesAreNoPictures() {
        assertThat(reader.open(new byte[0])).isEmpty();
        assertThat(reader.open(new byte[] {'G', 'I', 'F', '8', '9', 'a', 0, 0, 0}))
                .isEmpty();
    }

    private BufferedImage read(String file) throws IOException {
        return reader.decode(reader.open(bytes(file)).orElseThrow());
    }

    private static byte[] bytes(String file) throws IOException {
        try (InputStream in = PictureReaderTest.class.getResourceAsStream("/pictures/shown/" + file)) {
            return in.readAllBytes();
        }
    }

    /** Of the samples, from 0 to 255. */
    private static double[] meanColour(BufferedImage picture) {
        double[] sum = new double[3];
        int bands = picture.getRaster().getNumBands();
        double max = (1 << picture.getColorModel().getComponentSize(0)) - 1;
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                int[] pixel = picture.getRaster().getPixel(x, y, (int[]) null);
                for (int i = 0; i < 3; i++) {
                    sum[i] += picture.getColorModel() instanceof IndexColorModel palette
                            ? (palette.getRGB(pixel[0]) >> (16 - 8 * i)) & 255
                            : 255 * pixel[bands < 3 ? 0 : i] / max;
                }
            }
        }
        int pixels = picture.getWidth() * picture.getHeight();
        return new double[] {sum[0] / pixels, sum[1] / pixels, sum[2] / pixels};
    }
}
