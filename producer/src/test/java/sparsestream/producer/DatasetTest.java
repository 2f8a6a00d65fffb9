package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DatasetTest {
    @Test
    void anImagesSizeIsItsRowsTimesItsColumns() {
        assertThat(new Dataset("x", 2, 3, 2, new byte[12], new byte[2]).imageBytes())
                .isEqualTo(6);
    }

    @Test
    void imagesMustFillTheirArray() {
        assertThatThrownBy(() -> new Dataset("x", 2, 3, 2, new byte[13], new byte[2]))
                .isInstanceOf(DatasetException.class)
                .hasMessage("x: 2 images of 2 x 3 pixels do not fill 13 bytes");
        assertThatThrownBy(() -> new Dataset("x", 65_536, 65_536, 1, new byte[0], new byte[1]))
                .isInstanceOf(DatasetException.class);
    }

    @Test
    void everyImageHasALabel() {
        assertThatThrownBy(() -> new Dataset("x", 2, 3, 2, new byte[12], new byte[3]))
                .isInstanceOf(DatasetException.class)
                .hasMessage("x: 2 images but 3 labels");
    }

    @Test
    void anEmptyDatasetIsNone() {
        assertThatThrownBy(() -> new Dataset("x", 2, 3, 0, new byte[0], new byte[0]))
                .isInstanceOf(DatasetException.class);
        assertThatThrownBy(() -> new Dataset(" ", 1, 1, 1, new byte[1], new byte[1]))
                .isInstanceOf(DatasetException.class);
    }

    @Test
    void aRangeHasItsOwnImagesAndLabels() {
        Dataset range = new Dataset("x", 1, 2, 3, new byte[] {1, 2, 3, 4, 5, 6}, new byte[] {7, 8, 9}).range(1, 3);
        assertThat(range.count()).isEqualTo(2);
        assertThat(range.images()).containsExactly(3, 4, 5, 6);
        assertThat(range.labels()).containsExactly(8, 9);
    }

    @Test
    void aRangeLiesWithinItsDataset() {
        Dataset dataset = new Dataset("x", 1, 1, 3, new byte[3], new byte[3]);
        assertThatThrownBy(() -> dataset.range(1, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> dataset.range(2, 2)).isInstanceOf(DatasetException.class);
    }
}
