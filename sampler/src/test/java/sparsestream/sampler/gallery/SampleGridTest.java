package sparsestream.sampler.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleGridTest {
    @ParameterizedTest
    @CsvSource({"1,1,1", "2,2,1", "5,3,2", "10,4,3", "100,10,10", "101,11,10", "400,20,20"})
    void itIsAsNearToASquareAsItGoes(int count, int columns, int rows) {
        assertThat(SampleGrid.of(count, 28, 28)).isEqualTo(new SampleGrid(count, columns, rows, 28, 28));
    }

    @Test
    void whatWouldBeTooLargeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleGrid.of(0, 28, 28))
                .withMessage("count must be between 1 and 400, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleGrid.of(401, 28, 28))
                .withMessage("count must be between 1 and 400, got 401");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleGrid.of(100, 500, 28))
                .withMessage("100 images of 500×28 pixels make a picture of more than 4096 pixels a side");
    }
}
