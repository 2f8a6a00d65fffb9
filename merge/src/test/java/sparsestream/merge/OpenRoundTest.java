package sparsestream.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sparsestream.contract.Contribution;
import sparsestream.contract.Share;
import sparsestream.contract.Tensor;
import sparsestream.model.StreamModel;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.SavedSettings;

class OpenRoundTest {
    private static final ModelSettings SETTINGS = MergeFixtures.vae();

    private final StreamModel model = SETTINGS.create(1);
    private final OpenRound round =
            new OpenRound(SETTINGS.settings(), model, new RoundMerge(new OuterStep(1, 0), model), Optional.empty());
    private final List<Contribution> first = MergeFixtures.firstRound(SETTINGS, 2);

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void itIsCompleteWhenEveryPartitionHasContributed() {
        assertThat(round.isEmpty()).isTrue();
        assertThat(round.accept(first.get(1))).isTrue();
        assertThat(round.isComplete()).isFalse();
        assertThat(round.accept(first.get(0))).isTrue();
        assertThat(round.isComplete()).isTrue();
        assertThat(round.close().version()).isEqualTo(1);
        assertThat(round.isEmpty()).isTrue();
    }

    @Test
    void whatHasBeenGatheredOrMergedChangesNothing() {
        round.accept(first.get(0));
        assertThat(round.accept(first.get(0))).isFalse();
        MergeState after = round.close();
        assertThat(round.accept(first.get(0))).isFalse();
        assertThat(round.isEmpty()).isTrue();
        assertThat(round.state()).hasValue(after);
    }

    @Test
    void aLateContributionGoesIntoTheNextRound() {
        round.accept(first.get(0));
        round.close();
        assertThat(round.accept(first.get(1))).isTrue();
        MergeState after = round.close();
        assertThat(after.version()).isEqualTo(2);
        assertThat(after.position().numbers()).containsExactly(1L, 1L);
        assertThat(after.images()).isEqualTo(2L * MergeFixtures.EVERY * MergeFixtures.BATCH);
    }

    @Test
    void aSilentPartitionIsWaitedForOnceAndAgainWhenItIsBack() {
        round.accept(first.get(0));
        assertThat(round.isComplete()).isFalse();
        round.close();
        round.accept(next(2, 1));
        assertThat(round.isComplete()).isTrue();
        round.close();

        round.accept(first.get(1));
        assertThat(round.isComplete()).isFalse();
        round.accept(next(3, 2));
        assertThat(round.isComplete()).isTrue();
        round.close();
        round.accept(next(4, 3));
        assertThat(round.isComplete()).isFalse();
    }

    /** One more contribution of partition 0. */
    private Contribution next(long number, long base) {
        Share share = new Share(0, number, base, 5 * number, 5 * number + 5, 5, 50);
        return with(first.get(0), share, 2, MergeFixtures.EVERY, SavedSettings.write(SETTINGS.settings()));
    }

    @Test
    void whatCanNeverBeMergedIsRefusedAndChangesNothing() {
        Contribution right = first.get(0);
        Share share = right.share();
        refuse(with(right, share, 2, MergeFixtures.EVERY, "other"), "settings that can't be read");
        refuse(
                with(right, share, 2, MergeFixtures.EVERY, right.settings().replace("seed=", "seed=9")),
                "with other settings: seed is 9");
        round.accept(first.get(1));
        refuse(with(right, share, 3, MergeFixtures.EVERY, right.settings()), "of 3 partitions");
        refuse(with(right, share, 2, MergeFixtures.EVERY + 1, right.settings()), "rounds of 6 batches");
        refuse(
                with(right, new Share(0, 2, 0, 0, 5, 5, 50), 2, MergeFixtures.EVERY, right.settings()),
                "number 2 of partition 0");
        refuse(
                with(right, new Share(0, 1, 1, 0, 5, 5, 50), 2, MergeFixtures.EVERY, right.settings()),
                "based on version 1");
        assertThat(round.gathered()).containsExactly(first.get(1));
    }

    @Test
    void tensorsOfAnotherArchitectureOrWithoutEndAreRefused() {
        Contribution right = first.get(0);
        Map<String, Tensor> changes = new HashMap<>(right.changes());
        changes.put("encoder.values", Tensor.ofFloats(new float[3], 3));
        refuse(with(right, changes, right.kept()), "encoder.values is not that of");
        changes.remove("encoder.values");
        refuse(with(right, changes, right.kept()), "encoder.values is not that of");
        refuse(with(right, right.changes(), Map.of()), "is not that of");
        float[] endless = right.changes().get("decoder.values").floats();
        endless[7] = Float.POSITIVE_INFINITY;
        Map<String, Tensor> infinite = new HashMap<>(right.changes());
        infinite.put("decoder.values", Tensor.ofFloats(endless, endless.length));
        refuse(with(right, infinite, right.kept()), "not finite");
    }

    private void refuse(Contribution contribution, String reason) {
        assertThatThrownBy(() -> round.accept(contribution))
                .isInstanceOf(RefusedContributionException.class)
                .hasMessageContaining(reason);
    }

    private static Contribution with(Contribution other, Share share, int partitions, int every, String settings) {
        return new Contribution(share, partitions, every, settings, 0, Map.of(), other.changes(), other.kept());
    }

    private static Contribution with(Contribution other, Map<String, Tensor> changes, Map<String, Tensor> kept) {
        return new Contribution(
                other.share(), other.partitions(), other.every(), other.settings(), 0, Map.of(), changes, kept);
    }
}
