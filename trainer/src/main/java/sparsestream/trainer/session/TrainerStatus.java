package sparsestream.trainer.session;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import sparsestream.model.Elbo;
import sparsestream.model.evaluation.Evaluation;

/**
 * How far a trainer has come.
 *
 * @param model such as {@code vae}
 * @param step batches learned
 * @param images images learned
 * @param offset to read next
 * @param version of the last checkpoint; 0 before the first
 * @param losses terms of the last batch, in nats an image
 * @param zeroRatio share of weights that are exactly zero, at the last checkpoint
 * @param prequentialLoss of the last batches before each was learned, faded; not a number before the first
 * @param evaluation the last of this session; empty where there is none
 * @param weightsSha256 of the parameters at the last checkpoint; empty before the first
 * @param imagesPerSecond learned in this session, on average since its first batch
 * @param rejected batches of this session in the dead letter topic
 */
public record TrainerStatus(
        String model,
        long step,
        long images,
        long offset,
        long version,
        Map<String, Double> losses,
        double zeroRatio,
        double prequentialLoss,
        Optional<Evaluation> evaluation,
        String weightsSha256,
        double imagesPerSecond,
        long rejected) {

    static TrainerStatus starting(String model) {
        return new TrainerStatus(model, 0, 0, 0, 0, Map.of(), 0, Double.NaN, Optional.empty(), "", 0, 0);
    }

    /** −ELBO on the held-out images at the last evaluation, in nats an image; empty where there is none. */
    public OptionalDouble heldOutNelbo() {
        return evaluation.flatMap(Evaluation::elbo).stream()
                .mapToDouble(Elbo::negative)
                .findFirst();
    }
}
