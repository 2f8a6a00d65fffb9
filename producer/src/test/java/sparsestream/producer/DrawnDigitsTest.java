package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class DrawnDigitsTest {
    private static final int PIXELS = 784;

    @Test
    void bothSplitsHoldEveryDigitEquallyOften() {
        Dataset train = DrawnDigits.dataset(Split.TRAIN);
        Dataset heldOut = DrawnDigits.dataset(Split.HELD_OUT);

        assertThat(train.count()).isEqualTo(20_000);
        assertThat(heldOut.count()).isEqualTo(2_000);
        for (byte digit = 0; digit < 10; digit++) {
            assertThat(count(train.labels(), digit)).isEqualTo(2_000);
            assertThat(count(heldOut.labels(), digit)).isEqualTo(200);
        }
    }

    @Test
    void anImageFollowsFromItsSeedAndIndexAlone() {
        byte[] together = new DrawnDigits(7).images(0, 20).images();
        for (int i = 0; i < 20; i++) {
            assertThat(new DrawnDigits(7).images(i, 1).images())
                    .isEqualTo(Arrays.copyOfRange(together, i * PIXELS, (i + 1) * PIXELS));
        }
        assertThat(new DrawnDigits(8).images(0, 20).images()).isNotEqualTo(together);
    }

    @Test
    void theImagesStayTheSameFromOneVersionToTheNext() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256")
                .digest(DrawnDigits.dataset(Split.HELD_OUT).images());

        assertThat(HexFormat.of().formatHex(digest))
                .isEqualTo("0f5c038afe507b4b218cd050866cd50011b9b17bc7034e7a949c28f690228fe8");
    }

    @Test
    void digitsAreWhiteOnBlackWithinTheirBox() {
        Dataset digits = new DrawnDigits(1).images(0, 1_000);
        for (int i = 0; i < digits.count(); i++) {
            byte[] image = Arrays.copyOfRange(digits.images(), i * PIXELS, (i + 1) * PIXELS);
            assertThat(extent(image, 28, 1)).isBetween(2, 23);
            assertThat(Math.max(extent(image, 28, 1), extent(image, 1, 28))).isBetween(18, 23);
            assertThat(inkShare(image)).isBetween(0.02, 0.35);
        }
    }

    @Test
    void theMassIsInTheMiddle() {
        Dataset digits = new DrawnDigits(1).images(0, 1_000);
        for (int i = 0; i < digits.count(); i++) {
            double mass = 0;
            double x = 0;
            double y = 0;
            for (int p = 0; p < PIXELS; p++) {
                int ink = digits.images()[i * PIXELS + p] & 0xff;
                mass += ink;
                x += ink * (p % 28 + 0.5);
                int row = p / 28;
                y += ink * (row + 0.5);
            }
            assertThat(x / mass).isBetween(12.5, 15.5);
            assertThat(y / mass).isBetween(12.5, 15.5);
        }
    }

    private static long count(byte[] labels, byte digit) {
        long count = 0;
        for (byte label : labels) {
            count += label == digit ? 1 : 0;
        }
        return count;
    }

    /** Number of lines between the first and the last with ink, lines and their pixels lying these strides apart. */
    private static int extent(byte[] image, int lineStride, int pixelStride) {
        int first = 28;
        int last = -1;
        for (int line = 0; line < 28; line++) {
            for (int p = 0; p < 28; p++) {
                if (image[line * lineStride + p * pixelStride] != 0) {
                    first = Math.min(first, line);
                    last = line;
                }
            }
        }
        return last - first + 1;
    }

    private static double inkShare(byte[] image) {
        double ink = 0;
        for (byte pixel : image) {
            ink += (pixel & 0xff) / 255.0;
        }
        return ink / image.length;
    }
}
