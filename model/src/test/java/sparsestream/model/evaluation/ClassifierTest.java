package sparsestream.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.Network;

class ClassifierTest {
    private static final int PIXELS = 20;
    private static final int BATCH = 40;

    private record Labelled(byte[] images, byte[] labels) {
        /** Class c is bright in the c-th quarter of the pixels, amid noise. */
        static Labelled of(long seed) {
            Random random = new Random(seed);
            byte[] images = new byte[BATCH * PIXELS];
            byte[] labels = new byte[BATCH];
            for (int row = 0; row < BATCH; row++) {
                labels[row] = (byte) random.nextInt(4);
                for (int i = 0; i < PIXELS; i++) {
                    images[row * PIXELS + i] = (byte) (random.nextInt(120) + (i / 5 == labels[row] ? 100 : 0));
                }
            }
            return new Labelled(images, labels);
        }
    }

    private static Network trained(int steps) {
        try (ClassifierTraining training =
                new ClassifierTraining(List.of(PIXELS, 16, 6, 4), AdamConfig.of(1e-2), BATCH, steps, 3)) {
            for (int step = 0; step < steps; step++) {
                Labelled batch = Labelled.of(step);
                training.learn(batch.images(), batch.labels(), BATCH);
            }
            return training.network();
        }
    }

    @Test
    void itLearnsToTellClassesApartThatItHasNotSeen() {
        Labelled unseen = Labelled.of(-1);
        try (Classifier classifier = new Classifier(trained(200))) {
            assertThat(classifier.read(unseen.images(), BATCH).classes())
                    .isEqualTo(java.util.stream.IntStream.range(0, BATCH)
                            .map(i -> unseen.labels()[i])
                            .toArray());
        }
    }

    @Test
    void theLossOfGuessingIsTheLogarithmOfTheNumberOfClasses() {
        Labelled batch = Labelled.of(1);
        try (ClassifierTraining training =
                new ClassifierTraining(List.of(PIXELS, 16, 6, 4), AdamConfig.of(1e-2), BATCH, 10, 3)) {
            double first = training.learn(batch.images(), batch.labels(), BATCH);
            assertThat(first).isBetween(Math.log(4) - 0.2, Math.log(4) + 0.2);
        }
    }

    @Test
    void trainingTwiceGivesTheSameBits() {
        assertThat(trained(20).layers().get(0).weights())
                .isEqualTo(trained(20).layers().get(0).weights());
    }

    @Test
    void theFeaturesAreTheLastHiddenLayer() {
        Network network = trained(5);
        byte[] image = Labelled.of(2).images();
        try (Classifier classifier = new Classifier(network)) {
            Features features = classifier.read(image, BATCH);
            assertThat(features.width()).isEqualTo(6);
            assertThat(features.values()).hasSize(BATCH * 6);
            float[] x = new float[PIXELS];
            for (int i = 0; i < PIXELS; i++) {
                x[i] = (image[i] & 0xff) / 255f;
            }
            for (Network.Layer layer : network.layers().subList(0, 2)) {
                x = leakyRelu(layer, x);
            }
            for (int i = 0; i < 6; i++) {
                assertThat(features.values()[i]).isCloseTo(x[i], org.assertj.core.api.Assertions.within(1e-5f));
            }
        }
    }

    private static float[] leakyRelu(Network.Layer layer, float[] x) {
        float[] y = layer.biases().clone();
        for (int out = 0; out < y.length; out++) {
            for (int in = 0; in < x.length; in++) {
                y[out] += layer.weight(out, in) * x[in];
            }
            y[out] = y[out] > 0 ? y[out] : 0.2f * y[out];
        }
        return y;
    }

    @Test
    void aNetworkWithoutAHiddenLayerHasNoFeatures() {
        Network network = new Network("flat", List.of(new Network.Layer(2, 3, new float[6], new float[3])));
        assertThatThrownBy(() -> new Classifier(network)).isInstanceOf(IllegalArgumentException.class);
    }
}
