package sparsestream.producer.ingest;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TestPicturesTest {
    private static final ImageRules RULES =
            new ImageRules(28, 28, OnSize.RESIZE, ImageRules.DEFAULT_MAX_BYTES, ImageRules.DEFAULT_MAX_PIXELS);

    /** Decoders of JPEG round differently. */
    private static final double TOLERANCE_LEVELS = 1;

    private static final Map<String, String> REASONS = Map.ofEntries(
            entry("animated-without-first.png", "PNG is an animation without its still picture"),
            entry("arithmetic-progressive.jpg", "JPEG has arithmetic coding, which is not read"),
            entry("arithmetic.jpg", "JPEG has arithmetic coding, which is not read"),
            entry("bad-crc.png", "PNG is damaged: wrong checksum at byte 37"),
            entry("cicp-p3.png", "PNG has the colours of a cICP chunk, which is not read"),
            entry("cicp-pq.png", "PNG has the colours of a cICP chunk, which is not read"),
            entry("cut.png", "PNG is cut off after 1344 bytes"),
            entry(
                    "grey-2-trns-long.png",
                    "PNG cannot be read: tRNS chunk for gray image must have length 2, ignoring chunk."),
            entry(
                    "grey-2-trns-short.png",
                    "PNG cannot be read: tRNS chunk for gray image must have length 2, ignoring chunk."),
            entry("hierarchical.jpg", "JPEG is hierarchical, which is not read"),
            entry("lossless.jpg", "JPEG is lossless, which is not read"),
            entry("nine-bits.png", "PNG of colour type 0 has samples of 9 bits"),
            entry("no-end-cut.jpg", "JPEG cannot be read: Corrupt JPEG data: premature end of data segment"),
            entry("no-end-progressive.jpg", "JPEG is cut off after 1309 bytes"),
            entry("no-iend.png", "PNG is cut off after 1432 bytes"),
            entry("no-scan.jpg", "JPEG has no pixels"),
            entry(
                    "palette-2-trns-too-long.png",
                    "PNG cannot be read: tRNS chunk has more entries than prior PLTE chunk, ignoring extras."),
            entry("palette-4-short.png", "PNG has a pixel of colour 13, and its palette has 8"),
            entry("palette-8-short.png", "PNG has a pixel of colour 222, and its palette has 8"),
            entry("same-ids.jpg", "JPEG has two components of one number"),
            entry("too-many-scans.jpg", "JPEG has more than 64 scans"),
            entry("twelve-bits.jpg", "JPEG has samples of 12 bits; only 8 are read"),
            entry("two-components.jpg", "JPEG has 2 components; only grey, colour and CMYK are read"),
            entry("two-frames.jpg", "JPEG has more than one header"),
            entry("two-palettes.png", "PNG has a palette out of place"),
            entry("two-starts.jpg", "JPEG is damaged or cut off at byte 20"));

    private final ImageDecoder decoder = new ImageDecoder(RULES);

    static Stream<Path> shown() {
        return Stream.of("cases", "shown").flatMap(folder -> TestPictures.in(folder).stream());
    }

    @ParameterizedTest
    @MethodSource("shown")
    void aPictureIsReadAsAViewerShowsIt(Path picture) {
        byte[] expected = TestPictures.greysOf(picture);
        byte[] greys = decoder.decode(TestPictures.read(picture)).pixels();

        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.abs((greys[i] & 0xFF) - (expected[i] & 0xFF));
        }
        assertThat(difference / expected.length).isLessThan(TOLERANCE_LEVELS);
    }

    static Stream<Path> refused() {
        return TestPictures.in("refused").stream();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCannotBeReadSoIsRefusedWithTheReason(Path picture) {
        assertThatThrownBy(() -> decoder.decode(TestPictures.read(picture)))
                .isInstanceOf(RefusedImageException.class)
                .hasMessage(REASONS.get(picture.getFileName().toString()));
    }
}
