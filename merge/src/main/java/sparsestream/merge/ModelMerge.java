package sparsestream.merge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.Contribution;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Round;
import sparsestream.contract.Share;
import sparsestream.contract.TrainingEvent;
import sparsestream.model.StreamModel;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.published.HeldOutEvaluator;
import sparsestream.trainer.learning.LearnerCodec;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.SavedSettings;
import sparsestream.trainer.watch.Figures;

/**
 * Merges one model: its open round, and what the world is told when that ends. No Kafka client, no clock.
 *
 * <p>For one thread.
 */
final class ModelMerge {
    private static final long PART_BYTES = 900_000;
    private static final long METADATA_BYTES = 1 << 20;

    private final MergeConfig config;
    private final ModelSettings settings;
    private final StreamModel model;
    private final OpenRound round;
    private final int maxParts;
    private Optional<HeldOutEvaluator> evaluator = Optional.empty();

    /** @param state after the last round */
    ModelMerge(MergeConfig config, ModelSettings settings, Optional<MergeState> state) {
        this.config = config;
        this.settings = settings;
        this.model = settings.create(1);
        this.round = new OpenRound(settings.settings(), model, new RoundMerge(config.outer(), model), state);
        long elements = SharedTensors.of(model).values().stream()
                .mapToLong(values -> values.length)
                .sum();
        this.maxParts = (int) ((elements * Float.BYTES + elements / 8 + METADATA_BYTES) / PART_BYTES + 1);
    }

    OpenRound round() {
        return round;
    }

    /**
     * What becomes visible together.
     *
     * @param state to keep
     * @param checkpoint for the world
     */
    record Merged(
            MergeState state,
            Checkpoint checkpoint,
            Round round,
            TrainingEvent event,
            double zeroRatio,
            Optional<Evaluation> evaluation) {}

    /** Ends the round with what is there. */
    Merged close() {
        List<Contribution> contributions = round.gathered();
        MergeState after = round.close();
        after.putInto(model);
        PublishedModel published = LearnerCodec.publicModel(
                        model,
                        settings,
                        after.inputFrom(),
                        Collections.max(after.position().offsets()))
                .with(SharedTensors.unpublished(model));
        Checkpoint checkpoint = new Checkpoint(
                config.key(settings), after.version(), after.position().addTo(published.encode()));
        Optional<Evaluation> evaluation = evaluate(after.version());
        return new Merged(
                after,
                checkpoint,
                round(after, contributions, published),
                event(after, contributions, published, evaluation),
                published.zeroRatio(),
                evaluation);
    }

    private Optional<Evaluation> evaluate(long version) {
        if (config.heldOut().isEmpty() || version % config.evaluateEvery() != 0) {
            return Optional.empty();
        }
        if (evaluator.isEmpty()) {
            evaluator = Optional.of(new HeldOutEvaluator(config.heldOut().get(), settings.seed()));
        }
        return Optional.of(evaluator.get().evaluate(model));
    }

    private Round round(MergeState after, List<Contribution> contributions, PublishedModel published) {
        List<Share> shares = contributions.stream().map(Contribution::share).toList();
        return new Round(
                config.key(settings),
                after.version(),
                SavedSettings.write(settings.settings()),
                after.position().partitions(),
                after.position().every(),
                config.outer().learningRate(),
                config.outer().momentum(),
                shares,
                after.images(),
                published.weightsSha256());
    }

    private TrainingEvent event(
            MergeState after,
            List<Contribution> contributions,
            PublishedModel published,
            Optional<Evaluation> evaluation) {
        ObjectNode data = TrainingEvent.newData()
                .put("version", after.version())
                .put("step", published.step())
                .put("images", published.images())
                .put("inputFrom", published.inputFrom())
                .put("inputTo", published.inputTo())
                .put("zeroRatio", published.zeroRatio())
                .put("weightsSha256", published.weightsSha256());
        Figures.addTo(data, evaluation);
        contributions.stream()
                .mapToLong(Contribution::lastBatchMs)
                .max()
                .ifPresent(lastBatchMs -> data.put("lastBatchMs", lastBatchMs));
        losses(contributions).forEach(data.putObject("losses")::put);
        String id = "%s/checkpoint/%s".formatted(config.key(settings), after.version());
        return new TrainingEvent(TrainingEvent.Kind.CHECKPOINT, id, config.source(), settings.name(), data);
    }

    /** Of the replicas' last batches, on average over the replicas that tell. */
    private static Map<String, Double> losses(List<Contribution> contributions) {
        Map<String, Double> sums = new TreeMap<>();
        contributions.forEach(each -> each.losses().forEach((term, loss) -> sums.merge(term, loss, Double::sum)));
        sums.replaceAll((term, sum) -> sum
                / contributions.stream()
                        .filter(each -> each.losses().containsKey(term))
                        .count());
        return sums;
    }

    /** How many parts a contribution has at most: changes of every parameter, a bit for each, and metadata. */
    int maxParts() {
        return maxParts;
    }

    /** Frees what is not on the heap. */
    void free() {
        evaluator.ifPresent(HeldOutEvaluator::close);
        model.close();
    }
}
