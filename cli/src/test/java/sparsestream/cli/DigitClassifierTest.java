package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sparsestream.model.evaluation.Classifier;
import sparsestream.model.evaluation.Features;
import sparsestream.producer.Dataset;
import sparsestream.producer.Datasets;
import sparsestream.producer.Split;
import sparsestream.published.DigitClassifier;

/** The shipped classifier on digits of another hand than those it was trained on. */
class DigitClassifierTest {
    @Test
    void itKnowsMostDigitsThatThisProgramDraws() {
        Dataset drawn = new Datasets(Map.of(), Path.of("/nonexistent"), progress -> {}).load("drawn", Split.HELD_OUT);
        try (Classifier classifier = DigitClassifier.load()) {
            assertThat(classifier.pixels()).isEqualTo(784);
            assertThat(classifier.features()).isEqualTo(64);
            assertThat(classifier.classes()).isEqualTo(10);
            Features read = classifier.read(drawn.images(), drawn.count());
            int right = 0;
            for (int i = 0; i < drawn.count(); i++) {
                right += read.classes()[i] == drawn.labels()[i] ? 1 : 0;
            }
            assertThat((double) right / drawn.count()).isGreaterThan(0.9);
        }
    }
}
