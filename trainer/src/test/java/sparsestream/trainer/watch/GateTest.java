package sparsestream.trainer.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import sparsestream.model.Elbo;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.model.evaluation.Evaluation.SampleQuality;
import sparsestream.trainer.watch.Gate.Reference;

class GateTest {
    private final Gate gate = new Gate(0.5);

    private static Evaluation model(double nelbo, double frechetDistance, int classes) {
        return new Evaluation(
                7,
                Optional.of(new Elbo(nelbo - 20, 20, 30)),
                Optional.of(new SampleQuality(frechetDistance, 1, 1, 0, classes, 10, 0)));
    }

    private Optional<String> objection(Evaluation candidate) {
        return gate.objection(candidate, Reference.of(model(100, 4, 10)));
    }

    @Test
    void aModelWithinTheBoundMayBePublished() {
        assertThat(objection(model(150, 6, 10))).isEmpty();
        assertThat(objection(model(80, 2, 6))).isEmpty();
    }

    @Test
    void aModelBeyondTheBoundIsRefusedWithTheFigures() {
        assertThat(objection(model(151, 4, 10)))
                .hasValue("the held-out -ELBO is 151.0, more than 1.5 times that of the last good model, 100.0");
        assertThat(objection(model(100, 6.1, 10)))
                .hasValue("the Fréchet distance is 6.100, more than 1.5 times that of the last good model, 4.000");
    }

    @Test
    void aModelThatIsNotFiniteIsRefusedWhateverWasBefore() {
        assertThat(gate.objection(model(Double.NaN, 4, 10), Reference.NONE))
                .hasValue("the held-out -ELBO is not finite");
        assertThat(gate.objection(model(100, Double.NaN, 10), Reference.NONE))
                .hasValue("the Fréchet distance is not finite");
        assertThat(gate.objection(model(Double.POSITIVE_INFINITY, 4, 10), Reference.NONE))
                .isPresent();
    }

    @Test
    void aModelThatMakesHalfTheClassesOrFewerHasCollapsed() {
        assertThat(objection(model(100, 4, 5))).isPresent().get().asString().endsWith("it has collapsed");
        assertThat(gate.objection(model(100, 4, 1), Reference.of(model(100, 4, 3))))
                .as("it had hardly begun")
                .isEmpty();
    }

    @Test
    void theFirstModelIsComparedWithNothing() {
        assertThat(gate.objection(model(1e6, 1e6, 1), Reference.NONE)).isEmpty();
        assertThat(gate.objection(new Evaluation(1, Optional.empty(), Optional.empty()), Reference.NONE))
                .isEmpty();
    }
}
