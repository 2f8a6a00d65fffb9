package sparsestream.trainer.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sparsestream.contract.ImageBatch;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Tensor;
import sparsestream.model.ModelState;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.StreamModel;
import sparsestream.trainer.learning.Learner.Learned;
import sparsestream.trainer.learning.Learner.Passed;
import sparsestream.trainer.learning.Learner.Rejected;

class LearnerTest {
    static Stream<ModelSettings> models() {
        return Stream.of(Fixtures.vae(), Fixtures.gan());
    }

    /** Records that are of no use, each at offset 1. */
    static Stream<ConsumerRecord<byte[], byte[]>> poison() {
        return Stream.of(
                Fixtures.record(1, null),
                Fixtures.record(1, new byte[0]),
                Fixtures.record(1, "not a batch".getBytes(StandardCharsets.UTF_8)),
                Fixtures.record(
                        1, java.util.Arrays.copyOf(Fixtures.images(1, 6, 6).encode(), 200)),
                Fixtures.record(1, Fixtures.images(1, 5, 6).encode()),
                Fixtures.record(1, Fixtures.images(1, 6, 7).encode()),
                Fixtures.record(1, new ImageBatch(120_000, 6, 6, new byte[120_000 * 36], Optional.empty()).encode()));
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyBatchIsLearnedOnceAndMovesTheOffset(ModelSettings settings) {
        try (Learner learner = Fixtures.start(settings)) {
            assertThat(learner.accept(Fixtures.batch(0))).isInstanceOf(Learned.class);
            String weights = Fixtures.weights(learner);
            assertThat(learner.accept(Fixtures.batch(0))).isInstanceOf(Passed.class);
            assertThat(Fixtures.weights(learner)).isEqualTo(weights);
            assertThat(learner.nextOffset()).isEqualTo(1);
            assertThat(learner.model().images()).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @MethodSource("poison")
    void poisonIsRejectedPassedAndLeavesTheModelAsItWas(ConsumerRecord<byte[], byte[]> record) {
        try (Learner learner = Fixtures.start(Fixtures.vae())) {
            learner.accept(Fixtures.batch(0));
            String weights = Fixtures.weights(learner);
            assertThat(learner.accept(record)).isInstanceOf(Rejected.class);
            assertThat(Fixtures.weights(learner)).isEqualTo(weights);
            assertThat(learner.nextOffset()).isEqualTo(2);
            assertThat(learner.model().step()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aBatchWhoseGradientIsNotFiniteIsRejectedWithTheReason(ModelSettings settings) {
        StreamModel model = settings.create(1);
        ModelState state = model.state();
        state.tensors().values().forEach(tensor -> java.util.Arrays.fill(tensor, 1e30f));
        model.restore(state);
        try (Learner learner = new Learner(settings, model, Fixtures.noWatch(), 0, 0, 0)) {
            String weights = Fixtures.weights(learner);
            assertThat(learner.accept(Fixtures.batch(0)))
                    .isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.reason())
                            .isInstanceOf(RejectedBatchException.class)
                            .hasMessageContaining("not finite"));
            assertThat(Fixtures.weights(learner)).isEqualTo(weights);
            assertThat(learner.nextOffset()).isEqualTo(1);
        }
    }

    @Test
    void aRunWithPoisonEndsWithTheWeightsOfOneWithout() {
        try (Learner clean = Fixtures.start(Fixtures.gan());
                Learner poisoned = Fixtures.start(Fixtures.gan())) {
            clean.accept(Fixtures.batch(0));
            clean.accept(Fixtures.batch(2));
            poisoned.accept(Fixtures.batch(0));
            poisoned.accept(Fixtures.record(1, new byte[] {1, 2, 3}));
            poisoned.accept(Fixtures.batch(2));
            assertThat(Fixtures.weights(poisoned)).isEqualTo(Fixtures.weights(clean));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aBatchTeachesTheSameHoweverItsWriterHasPixelsAndChannel(ModelSettings settings) {
        byte[] pixels = Fixtures.images(0, 6, 6).images();
        float[] floats = new float[pixels.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (pixels[i] & 0xff) / 255f;
        }
        try (Learner expected = Fixtures.start(settings)) {
            expected.accept(Fixtures.batch(0));
            for (Tensor images : List.of(
                    Tensor.ofBytes(pixels, 10, 1, 6, 6),
                    Tensor.ofBytes(pixels, 10, 6, 6, 1),
                    Tensor.ofFloats(floats, 10, 6, 6),
                    Tensor.ofFloats(floats, 10, 1, 6, 6))) {
                try (Learner learner = Fixtures.start(settings)) {
                    learner.accept(foreign(images));
                    assertThat(Fixtures.weights(learner)).as(images.toString()).isEqualTo(Fixtures.weights(expected));
                }
            }
        }
    }

    /** By the bytes alone 36×1 and 1×36 are the same; neither is 6×6. */
    @Test
    void aColumnOfPixelsIsNoImageOfAnotherShape() {
        try (Learner learner = Fixtures.start(Fixtures.vae())) {
            assertThat(learner.accept(foreign(Tensor.ofBytes(new byte[360], 10, 1, 36, 1))))
                    .isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.reason())
                            .hasMessage(
                                    "images.shape: [10, 1, 36, 1] may be images of 36×1 or of 1×36 pixels, this model"
                                            + " learns 6×6"));
        }
    }

    private static ConsumerRecord<byte[], byte[]> foreign(Tensor images) {
        return Fixtures.record(0, new Safetensors(Map.of(), Map.of("images", images)).encode());
    }

    @Test
    void aGapThatTheBrokerLeavesForItsTransactionMarkersIsNoLoss() {
        try (Learner learner = Fixtures.start(Fixtures.vae())) {
            learner.accept(Fixtures.batch(0));
            assertThat(learner.accept(Fixtures.batch(5))).isInstanceOf(Learned.class);
            assertThat(learner.nextOffset()).isEqualTo(6);
        }
    }
}
