package sparsestream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Team;

/** What holds of every model that there is. */
class StreamModelTest {
    private static final int SIDE = 14;
    private static final int PIXELS = SIDE * SIDE;
    private static final long SEED = 5;

    static List<ModelConfig> models() {
        return Models.all();
    }

    private static StreamModel create(ModelConfig config) {
        return config.create(PIXELS, SEED, new Team(2));
    }

    private static Losses learn(StreamModel model, int steps) throws RejectedBatchException {
        Losses losses = null;
        for (int i = 0; i < steps; i++) {
            losses = model.learn(DrawnBlobs.images(64, SIDE, model.step()), 64);
        }
        return losses;
    }

    private static List<String> trained(StreamModel model) {
        return model.networks().stream()
                .map(network -> network.name() + ".values")
                .toList();
    }

    @ParameterizedTest
    @MethodSource("models")
    void batchesAndImagesAreCountedAndTheLossesHaveMeanings(ModelConfig config) throws Exception {
        try (StreamModel model = create(config)) {
            assertThat(model.step()).isZero();
            Losses losses = learn(model, 3);
            assertThat(model.step()).isEqualTo(3);
            assertThat(model.images()).isEqualTo(3 * 64);
            assertThat(losses.values()).allMatch(Double::isFinite);
            assertThat(losses.byName())
                    .hasSameSizeAs(losses.terms())
                    .containsKey(losses.watched().name());
            assertThat(losses.terms()).allMatch(term -> term.meaning().endsWith("."));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aRestoredModelGoesOnAsTheUninterruptedOneDoesToTheBit(ModelConfig config) throws Exception {
        try (StreamModel model = create(config);
                StreamModel other = create(config)) {
            learn(model, 5);
            ModelState state = model.state();
            learn(model, 7);
            learn(other, 2);
            other.restore(state);
            learn(other, 7);
            assertThat(States.sameBits(other.state(), model.state())).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aBatchWithoutFiniteGradientIsRejectedAndChangesNothing(ModelConfig config) throws Exception {
        try (StreamModel model = create(config)) {
            learn(model, 3);
            ModelState healthy = model.state();
            for (String tensor : trained(model)) {
                model.restore(States.scaled(healthy, tensor, 1e30f));
                ModelState before = model.state();
                assertThatThrownBy(() -> learn(model, 1))
                        .isInstanceOf(RejectedBatchException.class)
                        .hasMessageEndingWith("loss or its gradient is not finite");
                assertThat(States.sameBits(model.state(), before)).isTrue();
            }
            model.restore(healthy);
            learn(model, 1);
            assertThat(model.step()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void extremeWeightsEitherLearnWithFiniteNumbersOrReject(ModelConfig config) throws Exception {
        try (StreamModel model = create(config)) {
            learn(model, 3);
            ModelState healthy = model.state();
            for (int exponent : new int[] {2, 4, 6, 8, 10, 12, 14, 18, 24, 36}) {
                for (String tensor : trained(model)) {
                    model.restore(States.scaled(healthy, tensor, (float) Math.pow(10, exponent)));
                    for (int i = 0; i < 2; i++) {
                        ModelState before = model.state();
                        try {
                            assertThat(learn(model, 1).values()).allMatch(Double::isFinite);
                            assertThat(States.allFinite(model.state())).isTrue();
                        } catch (RejectedBatchException e) {
                            assertThat(States.sameBits(model.state(), before)).isTrue();
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void wrongSizesAreRefused(ModelConfig config) {
        try (StreamModel model = create(config)) {
            byte[] two = new byte[2 * PIXELS];
            assertThatThrownBy(() -> model.learn(two, 3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("3 images of 196 pixels can't be 392 bytes");
            assertThatThrownBy(() -> model.learn(two, -2)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> model.learn(new byte[2 * PIXELS + 1], 2))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> model.learn(new byte[0], 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("0 images of 196 pixels can't be 0 bytes");
            assertThat(model.step()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aStateOfAnotherArchitectureIsRefusedAndChangesNothing(ModelConfig config) {
        try (StreamModel model = create(config)) {
            ModelState before = model.state();
            for (String name : before.tensors().keySet()) {
                Map<String, float[]> without = new LinkedHashMap<>(before.tensors());
                // Whatever of the others would be restored first is another one than before.
                without.replaceAll((other, values) -> new float[values.length]);
                without.remove(name);
                assertThatThrownBy(() -> model.restore(new ModelState(1, 1, without)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("the state has no elements of " + name);
                without.put(name, new float[before.tensors().get(name).length + 1]);
                assertThatThrownBy(() -> model.restore(new ModelState(1, 1, without)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(" elements of " + name + " where this architecture has ");
            }
            assertThat(States.sameBits(model.state(), before)).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void twoModelsOnTwoThreadsDoNotDisturbEachOther(ModelConfig config) throws Exception {
        try (StreamModel model = create(config)) {
            learn(model, 40);
            States.onThreads(2, () -> {
                try (StreamModel other = create(config)) {
                    learn(other, 40);
                    assertThat(States.sameBits(other.state(), model.state())).isTrue();
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aStepAllocatesNoTensors(ModelConfig config) throws Exception {
        try (StreamModel model = config.create(784, SEED, new Team(2))) {
            assertThat(States.bytesAllocatedByAStep(model)).isLessThan(50_000);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void largerBatchesAndTheEndGiveNativeMemoryBack(ModelConfig config) throws Exception {
        try (StreamModel once = create(config)) {
            once.learn(DrawnBlobs.images(256, SIDE, 0), 256);
        }
        long before = Pointer.totalBytes();
        try (StreamModel model = create(config)) {
            for (int count = 16; count <= 256; count += 16) {
                model.learn(DrawnBlobs.images(count, SIDE, 0), count);
            }
        }
        // Activations of one such batch alone are more than a megabyte.
        assertThat(Pointer.totalBytes() - before).isLessThan(100_000);
    }

    @ParameterizedTest
    @MethodSource("models")
    void publishedNetworksAreCopiesAndOneOfThemDraws(ModelConfig config) throws Exception {
        try (StreamModel model = create(config)) {
            List<Network> published = model.networks();
            List<float[]> before = published.stream()
                    .map(network -> network.layers().get(0).weights().clone())
                    .toList();
            learn(model, 1);
            for (int i = 0; i < before.size(); i++) {
                assertThat(published.get(i).layers().get(0).weights()).isEqualTo(before.get(i));
            }
            assertThat(published)
                    .extracting(Network::name)
                    .doesNotHaveDuplicates()
                    .contains(config.imageNetwork());
            assertThat(model.imageNetwork().name()).isEqualTo(config.imageNetwork());
            assertThat(model.imageNetwork().outputs()).isEqualTo(PIXELS);
        }
    }
}
