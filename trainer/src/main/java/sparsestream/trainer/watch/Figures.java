package sparsestream.trainer.watch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.model.evaluation.Evaluation.SampleQuality;

/** What events tell of an evaluation. */
public final class Figures {
    private Figures() {}

    /** Adds the figures, null where there is none. */
    public static void addTo(ObjectNode data, Optional<Evaluation> evaluation) {
        data.put("evaluatedStep", evaluation.map(Evaluation::step).orElse(null));
        data.put(
                "heldOutNelbo",
                evaluation
                        .flatMap(Evaluation::elbo)
                        .map(elbo -> finite(elbo.negative()))
                        .orElse(null));
        var samples = evaluation.flatMap(Evaluation::samples);
        data.put(
                "frechetDistance",
                samples.map(made -> finite(made.frechetDistance())).orElse(null));
        data.put("classCoverage", samples.map(SampleQuality::classesCovered).orElse(null));
    }

    /** JSON has no number for what is not finite. */
    public static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
