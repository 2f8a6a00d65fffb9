package sparsestream.merge;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import sparsestream.contract.Contribution;
import sparsestream.contract.MergePosition;
import sparsestream.contract.Share;
import sparsestream.contract.Tensor;
import sparsestream.model.Settings;
import sparsestream.model.StreamModel;
import sparsestream.trainer.learning.SavedSettings;

/**
 * Gathers contributions for the next round of one model. Not when a round ends, but whether a contribution is right and what it makes,
 * is decided here: without Kafka, and without a clock.
 *
 * <p>For one thread.
 */
public final class OpenRound {
    private final Settings settings;
    private final StreamModel model;
    private final RoundMerge merge;
    private final Map<Integer, Contribution> gathered = new TreeMap<>();
    private Optional<MergeState> state;

    /**
     * Goes on after a round.
     *
     * @param settings that every contribution must have
     * @param model a new one of that architecture, with the initial weights
     * @param state after the last round; empty before the first contribution
     * @throws RefusedContributionException if the state was merged with other settings
     */
    public OpenRound(Settings settings, StreamModel model, RoundMerge merge, Optional<MergeState> state) {
        this.settings = settings;
        this.model = model;
        this.merge = merge;
        this.state = state;
        state.ifPresent(last -> requireSettings(last.position().settings()));
    }

    private void requireSettings(String others) {
        SavedSettings.objection(others, settings).ifPresent(objection -> {
            throw new RefusedContributionException("it was learned " + objection);
        });
    }

    /**
     * Takes a contribution into the round.
     *
     * @return whether it was new; one that has been merged or gathered already changes nothing
     * @throws RefusedContributionException before anything is changed, if it can never be merged
     */
    public boolean accept(Contribution contribution) {
        requireSettings(contribution.settings());
        MergeState before = state.orElseGet(() -> MergeState.begin(
                MergePosition.start(SavedSettings.write(settings), contribution.every(), contribution.partitions()),
                model));
        MergePosition position = before.position();
        if (contribution.partitions() != position.partitions() || contribution.every() != position.every()) {
            throw new RefusedContributionException(
                    "it is of %s partitions and rounds of %s batches, the others are of %s and %s"
                            .formatted(
                                    contribution.partitions(),
                                    contribution.every(),
                                    position.partitions(),
                                    position.every()));
        }
        requireShape(contribution, before.parameters());
        Share share = contribution.share();
        Contribution same = gathered.get(share.partition());
        if (position.includes(share.partition(), share.number())
                || (same != null && same.share().number() == share.number())) {
            return false;
        }
        long last = position.numbers().get(share.partition());
        if (share.number() != last + 1 || share.base() > before.version()) {
            throw new RefusedContributionException(
                    "number %s of partition %s, based on version %s, does not follow number %s and version %s"
                            .formatted(share.number(), share.partition(), share.base(), last, before.version()));
        }
        state = Optional.of(before);
        gathered.put(share.partition(), contribution);
        return true;
    }

    private static void requireShape(Contribution contribution, Map<String, float[]> parameters) {
        parameters.forEach((name, values) -> {
            Tensor change = contribution.changes().get(name);
            Tensor kept = contribution.kept().get(name);
            boolean trained = name.endsWith(SharedTensors.VALUES);
            if (change == null
                    || change.shape()[0] != values.length
                    || (trained && (kept == null || kept.shape()[0] != (values.length + 7) / 8))) {
                throw new RefusedContributionException(
                        "its %s is not that of %s elements".formatted(name, values.length));
            }
            for (float value : change.floats()) {
                if (!Float.isFinite(value)) {
                    throw new RefusedContributionException("its change of %s is not finite".formatted(name));
                }
            }
        });
    }

    /** Whether nothing has been gathered. */
    public boolean isEmpty() {
        return gathered.isEmpty();
    }

    /**
     * Whether all have contributed that were in the last round, or all partitions before the first. So a round waits but once for a
     * partition that is silent, and for one that is back again from the round after its first contribution on.
     */
    public boolean isComplete() {
        return state.isPresent() && gathered.keySet().containsAll(state.get().expected());
    }

    /** The model after the last round; empty before the first contribution. */
    public Optional<MergeState> state() {
        return state;
    }

    /** What the round would be made of, in the order of the partitions. */
    public List<Contribution> gathered() {
        return List.copyOf(gathered.values());
    }

    /**
     * Ends the round with what is there.
     *
     * @return the model after it
     * @throws IllegalArgumentException if nothing is there
     */
    public MergeState close() {
        MergeState after = merge.merge(state.orElseThrow(), gathered());
        state = Optional.of(after);
        gathered.clear();
        return after;
    }
}
