package sparsestream.trainer.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.ImageBatch;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Safetensors;
import sparsestream.model.Settings;
import sparsestream.published.HeldOut;
import sparsestream.trainer.learning.Fixtures;
import sparsestream.trainer.learning.Learner;
import sparsestream.trainer.learning.Learner.Learned;
import sparsestream.trainer.learning.LearnerCodec;
import sparsestream.trainer.learning.Role;

class WatchTest {
    private static WatchConfig config(int rollbackAfter, double driftRate) {
        return new WatchConfig(2, 0, rollbackAfter, 0.5, driftRate, 10);
    }

    /** All that is noticed in so many batches of the restless VAE. */
    private static List<Notice> run(Learner learner, int batches) {
        List<Notice> notices = new ArrayList<>();
        for (long offset = 0; offset < batches; offset++) {
            notices.addAll(((Learned) learner.accept(Fixtures.batch(offset))).notices());
        }
        return notices;
    }

    private static Learner restless(WatchConfig config) {
        return Fixtures.start(Fixtures.restlessVae(), new Watch(config, Optional.of(Fixtures.heldOut()), 7));
    }

    @Test
    void evaluationsComeAtFixedStepsAndMoreOftenInTheBeginning() {
        WatchConfig config = new WatchConfig(1_000, 1, 0, 0.5, 1, 1);
        assertThat(LongStream.rangeClosed(0, 3_000).filter(config::isDue))
                .containsExactly(62L, 125L, 250L, 500L, 1_000L, 2_000L, 3_000L);
    }

    @Test
    void aModelThatGetsWorseTwiceInARowGoesBackWithHalfTheLearningRate() {
        try (Learner learner = restless(config(2, 1))) {
            List<Notice> notices = run(learner, 40);
            Notice.RolledBack back = notices.stream()
                    .filter(Notice.RolledBack.class::isInstance)
                    .map(Notice.RolledBack.class::cast)
                    .findFirst()
                    .orElseThrow();
            int at = notices.indexOf(back);
            assertThat(notices.subList(at - 2, at)).allMatch(Notice.Refused.class::isInstance);
            Notice.Accepted good = (Notice.Accepted) notices.get(at - 3);
            assertThat(back.toStep()).isEqualTo(good.evaluation().step());
            assertThat(back.refusals()).isEqualTo(2);
            assertThat(back.rateScale()).isEqualTo(0.5);
            assertThat(learner.model().step()).isEqualTo(40);
            assertThat(learner.model().images()).isEqualTo(400);
        }
    }

    @Test
    void afterGoingBackTheModelIsWorthWhatItWas() {
        try (Learner learner = restless(config(1, 1))) {
            double good = Double.NaN;
            for (long offset = 0; offset < 40; offset++) {
                for (Notice notice : ((Learned) learner.accept(Fixtures.batch(offset))).notices()) {
                    if (notice instanceof Notice.Accepted accepted) {
                        good = accepted.evaluation().elbo().orElseThrow().negative();
                    } else if (notice instanceof Notice.RolledBack) {
                        assertThat(learner.watch()
                                        .evaluate(learner.model())
                                        .orElseThrow()
                                        .elbo()
                                        .orElseThrow()
                                        .negative())
                                .isEqualTo(good);
                        assertThat(learner.watch().refusal(learner.model())).isEmpty();
                        return;
                    }
                }
            }
        }
        throw new AssertionError("it never got worse");
    }

    @Test
    void watchingAloneChangesNoWeight() {
        try (Learner watched = restless(new WatchConfig(2, 0, 0, 0.5, 1, 10));
                Learner unwatched = Fixtures.start(Fixtures.restlessVae())) {
            assertThat(run(watched, 30)).anyMatch(Notice.Refused.class::isInstance);
            run(unwatched, 30);
            assertThat(Fixtures.weights(watched)).isEqualTo(Fixtures.weights(unwatched));
            assertThat(watched.allSettings()).isEqualTo(unwatched.allSettings());
        }
    }

    @Test
    void whatIsPublishedBetweenEvaluationsGoesByTheLastWhileThatIsFresh() {
        try (Learner learner = restless(new WatchConfig(30, 1, 0, 0.5, 1, 10))) {
            Watch watch = learner.watch();
            run(learner, 4);
            watch.refusal(learner.model());
            assertThat(watch.lastEvaluation().orElseThrow().step())
                    .as("the usual one")
                    .isEqualTo(3);
            for (long offset = 4; offset < 13; offset++) {
                learner.accept(Fixtures.batch(offset));
            }
            watch.refusal(learner.model());
            assertThat(watch.lastEvaluation().orElseThrow().step())
                    .as("another usual one")
                    .isEqualTo(7);
            learner.accept(Fixtures.batch(13));
            learner.accept(Fixtures.batch(14));
            watch.refusal(learner.model());
            assertThat(watch.lastEvaluation().orElseThrow().step())
                    .as("the usual evaluation")
                    .isEqualTo(15);
            for (long offset = 15; offset < 25; offset++) {
                learner.accept(Fixtures.batch(offset));
            }
            watch.refusal(learner.model());
            assertThat(watch.lastEvaluation().orElseThrow().step())
                    .as("no longer fresh")
                    .isEqualTo(25);
        }
    }

    @Test
    void whatCanChangeWeightsIsPartOfTheRunsSettings() {
        Optional<HeldOut> heldOut = Optional.of(Fixtures.heldOut());
        assertThat(config(0, 1).settings(heldOut)).isEqualTo(Settings.NONE);
        assertThat(config(2, 1).settings(heldOut).values())
                .containsEntry("rollback-after", "2")
                .containsEntry("evaluate-every", "2");
        assertThat(config(2, 1).settings(Optional.of(new HeldOut(1, 6, 6, new byte[36]))))
                .isNotEqualTo(config(2, 1).settings(heldOut));
        assertThat(config(0, 3).settings(heldOut).values()).containsEntry("drift-rate", "3.0");
    }

    /** Images of one kind, then of another. */
    private static ImageBatch kind(long seed, boolean other) {
        Random random = new Random(seed);
        byte[] pixels = new byte[10 * 36];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) ((i % 36 < 18) == other ? random.nextInt(60) : 200 + random.nextInt(50));
        }
        return new ImageBatch(10, 6, 6, pixels, Optional.empty());
    }

    @Test
    void aStreamThatChangesRaisesAnAlarmAndTheLearningRateForAWhile() {
        try (Learner learner = Fixtures.start(Fixtures.vae(), new Watch(config(0, 4), Optional.empty(), 7))) {
            for (long offset = 0; offset < 1_000; offset++) {
                Learned learned = (Learned) learner.accept(
                        Fixtures.record(offset, kind(offset, false).encode()));
                assertThat(learned.notices()).as("false alarm at %s", offset).isEmpty();
            }
            assertThat(learner.watch().rateScale(1_000)).isEqualTo(1);
            for (long offset = 1_000; offset < 1_100; offset++) {
                Learned learned = (Learned) learner.accept(
                        Fixtures.record(offset, kind(offset, true).encode()));
                if (!learned.notices().isEmpty()) {
                    Notice.Drift drift = (Notice.Drift) learned.notices().get(0);
                    assertThat(drift.loss()).isGreaterThan(drift.prequentialLoss());
                    assertThat(drift.step()).isEqualTo(learner.model().step());
                    assertThat(learner.watch().rateScale(drift.step())).isEqualTo(4);
                    assertThat(learner.watch().rateScale(drift.step() + 9)).isEqualTo(4);
                    assertThat(learner.watch().rateScale(drift.step() + 10)).isEqualTo(1);
                    return;
                }
            }
        }
        throw new AssertionError("no alarm");
    }

    @Test
    void aRestoredLearnerIsAlarmedAndLearnsFasterAsTheUndisturbedOneDoes() throws Exception {
        Watch watch = new Watch(config(0, 4), Optional.empty(), 7);
        try (Learner undisturbed = Fixtures.start(Fixtures.vae(), watch)) {
            Learner restored = null;
            List<Notice> told = new ArrayList<>();
            List<Notice> toldAgain = new ArrayList<>();
            for (long offset = 0; offset < 500; offset++) {
                var batch = Fixtures.record(offset, kind(offset, offset >= 400).encode());
                told.addAll(((Learned) undisturbed.accept(batch)).notices());
                if (offset >= 350) {
                    // Resumed before every batch: before the change, at the alarm and while the rate is raised.
                    toldAgain.addAll(((Learned) restored.accept(batch)).notices());
                    Learner next = resumed(restored);
                    restored.close();
                    restored = next;
                } else if (offset == 349) {
                    restored = resumed(undisturbed);
                }
            }
            assertThat(told).isNotEmpty().isEqualTo(toldAgain);
            assertThat(Fixtures.weights(restored)).isEqualTo(Fixtures.weights(undisturbed));
            restored.close();
        }
    }

    private static Learner resumed(Learner learner) throws MalformedMessageException {
        byte[] file = LearnerCodec.encodeState(learner, 1).encode();
        return LearnerCodec.decodeState(
                new Checkpoint("run/vae/0", 1, Safetensors.decode(file)),
                learner.settings(),
                new Watch(config(0, 4), Optional.empty(), 7),
                Role.ALONE,
                1);
    }

    @Test
    void thePrequentialLossIsThatOfBatchesBeforeTheyAreLearned() {
        try (Learner learner = Fixtures.start(Fixtures.vae())) {
            double sum = 0;
            double weights = 0;
            for (long offset = 0; offset < 20; offset++) {
                Map<String, Double> losses = ((Learned) learner.accept(Fixtures.batch(offset)))
                        .losses()
                        .byName();
                sum = losses.get("nelbo") + 0.995 * sum;
                weights = 1 + 0.995 * weights;
            }
            assertThat(learner.watch().prequentialLoss()).isCloseTo(sum / weights, within(1e-9));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 1, 0, 0.5, 1, 1, --evaluate-every",
        "5, -1, 0, 0.5, 1, 1, --gate-bound",
        "5, NaN, 0, 0.5, 1, 1, --gate-bound",
        "5, 1, -1, 0.5, 1, 1, --rollback-after",
        "0, 1, 2, 0.5, 1, 1, --evaluate-every",
        "5, 1, 2, 0, 1, 1, --rollback-rate",
        "5, 1, 2, 1.5, 1, 1, --rollback-rate",
        "5, 1, 2, 0.5, 0, 1, --drift-rate",
        "5, 1, 2, 0.5, Infinity, 1, --drift-rate",
        "5, 1, 2, 0.5, 1, 0, --drift-steps"
    })
    void everyWrongSettingNamesItsOption(
            long every, double bound, int after, double rate, double drift, long steps, String option) {
        assertThatThrownBy(() -> new WatchConfig(every, bound, after, rate, drift, steps))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(option);
    }
}
