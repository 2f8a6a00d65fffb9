package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFileTest {
    private static final byte[] PIXELS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -1};

    @TempDir
    Path directory;

    @Test
    void plainImagesAreRead() throws IOException {
        IdxFile.Images images = IdxFile.readImages(file(IdxFixture.images(2, 2, 3, PIXELS)));

        assertThat(images.count()).isEqualTo(2);
        assertThat(images.height()).isEqualTo(2);
        assertThat(images.width()).isEqualTo(3);
        assertThat(images.pixels()).isEqualTo(PIXELS);
    }

    @Test
    void gzipIsToldByTheContentNotTheName() throws IOException {
        assertThat(IdxFile.readImages(file(IdxFixture.gzip(IdxFixture.images(2, 2, 3, PIXELS))))
                        .pixels())
                .isEqualTo(PIXELS);
        assertThat(IdxFile.readLabels(file(IdxFixture.gzip(IdxFixture.labels(12, PIXELS)))))
                .isEqualTo(PIXELS);
    }

    @Test
    void plainLabelsAreRead() throws IOException {
        assertThat(IdxFile.readLabels(file(IdxFixture.labels(12, PIXELS)))).isEqualTo(PIXELS);
    }

    @Test
    void labelsAreNotTakenForImages() throws IOException {
        Path file = file(IdxFixture.labels(12, PIXELS));

        assertThatThrownBy(() -> IdxFile.readImages(file))
                .isInstanceOf(DatasetException.class)
                .hasMessage(file + ": not an IDX file of images: it starts with 0x00000801, not 0x00000803");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> IdxFile.readLabels(directory.resolve("none")))
                .isInstanceOf(DatasetException.class)
                .hasMessage(directory.resolve("none") + ": no such file");
    }

    @Test
    void everyTruncationIsAnError() throws IOException {
        byte[] plain = IdxFixture.images(2, 2, 3, PIXELS);
        byte[] packed = IdxFixture.gzip(plain);
        for (int bytes = 0; bytes < plain.length; bytes++) {
            assertUnreadable(Arrays.copyOf(plain, bytes));
        }
        for (int bytes = 0; bytes < packed.length; bytes++) {
            assertUnreadable(Arrays.copyOf(packed, bytes));
        }
    }

    @Test
    void dataBeyondTheHeadersSizeIsAnError() throws IOException {
        byte[] trailing = Arrays.copyOf(IdxFixture.images(2, 2, 3, PIXELS), 16 + 13);

        assertThatThrownBy(() -> IdxFile.readImages(file(trailing)))
                .isInstanceOf(DatasetException.class)
                .hasMessageEndingWith("more data than its header says");
        assertThatThrownBy(() -> IdxFile.readImages(file(IdxFixture.gzip(trailing))))
                .isInstanceOf(DatasetException.class)
                .hasMessageEndingWith("more data than its header says");
    }

    @Test
    void aGzipBombIsReadNoFurtherThanItsHeaderSays() throws IOException {
        byte[] bomb = IdxFixture.gzip(Arrays.copyOf(IdxFixture.labels(1, new byte[1]), 64 << 20));

        assertThatThrownBy(() -> IdxFile.readLabels(file(bomb)))
                .isInstanceOf(DatasetException.class)
                .hasMessageEndingWith("more data than its header says");
    }

    @Test
    void absurdSizesAreRefusedBeforeAnythingIsAllocated() throws IOException {
        assertMessage(IdxFixture.images(-1, 28, 28, PIXELS), "its header says 4294967295 images");
        assertMessage(IdxFixture.images(0, 28, 28, PIXELS), "its header says 0 images");
        assertMessage(IdxFixture.images(1, 0, 28, PIXELS), "its header says 0 rows");
        assertMessage(IdxFixture.images(1, 28, 1 << 30, PIXELS), "its header says 1073741824 columns");
        assertMessage(
                IdxFixture.images(Integer.MAX_VALUE, 4096, 4096, PIXELS),
                "its header says 36028797002186752 bytes of data, the limit is 1073741824");
        assertMessage(IdxFixture.images(1_000_000, 28, 28, PIXELS), "truncated, less data than its header says");
        assertMessage(
                IdxFixture.gzip(IdxFixture.images(1_000_000, 28, 28, PIXELS)),
                "truncated, less data than its header says");
    }

    @Test
    void damagedGzipIsAnError() throws IOException {
        byte[] packed = IdxFixture.gzip(IdxFixture.images(2, 2, 3, PIXELS));
        packed[packed.length - 6] ^= 1;

        assertMessage(packed, "damaged gzip: Corrupt GZIP trailer");
    }

    private void assertMessage(byte[] content, String message) throws IOException {
        Path file = file(content);
        assertThatThrownBy(() -> IdxFile.readImages(file))
                .isInstanceOf(DatasetException.class)
                .hasMessage(file + ": " + message);
    }

    private void assertUnreadable(byte[] content) throws IOException {
        Path file = file(content);
        assertThatThrownBy(() -> IdxFile.readImages(file)).isInstanceOf(DatasetException.class);
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(directory.resolve("idx"), content);
    }
}
