package sparsestream.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sparsestream.model.evaluation.Evaluation.SampleQuality;
import sparsestream.model.gan.Gan;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Network.Layer;
import sparsestream.model.layers.Team;
import sparsestream.model.vae.Vae;
import sparsestream.model.vae.VaeConfig;

class EvaluatorTest {
    private static final int PIXELS = 25;
    private static final int COUNT = 2_400;

    private final Classifier classifier = new Classifier(random("classifier", 1, PIXELS, 12, 8, 4));

    @AfterEach
    void close() {
        classifier.close();
    }

    private static Network random(String name, long seed, int... widths) {
        Random random = new Random(seed);
        Layer[] layers = new Layer[widths.length - 1];
        for (int i = 0; i < layers.length; i++) {
            float[] weights = new float[widths[i] * widths[i + 1]];
            for (int w = 0; w < weights.length; w++) {
                weights[w] = (float) (random.nextGaussian() / Math.sqrt(widths[i]));
            }
            layers[i] = new Layer(widths[i], widths[i + 1], weights, new float[widths[i + 1]]);
        }
        return new Network(name, List.of(layers));
    }

    /** Images that a generator draws: the generator itself is then as good as the real thing. */
    private static byte[] drawnBy(Network generator) {
        var images = new sparsestream.model.ImageGenerator(generator);
        byte[] drawn = new byte[COUNT * PIXELS];
        for (int i = 0; i < COUNT; i++) {
            System.arraycopy(images.image(99, i), 0, drawn, i * PIXELS, PIXELS);
        }
        return drawn;
    }

    @Test
    void aGeneratorThatIsTheSourceOfTheImagesIsAsGoodAsRealOnes() {
        Network source = random("generator", 2, 3, 10, PIXELS);
        Evaluator evaluator = new Evaluator(drawnBy(source), COUNT, Optional.of(classifier), 5);
        double floor = evaluator.floor().orElseThrow();
        SampleQuality same = evaluator.samples(source).orElseThrow();
        SampleQuality other =
                evaluator.samples(random("generator", 3, 3, 10, PIXELS)).orElseThrow();
        assertThat(same.frechetDistance()).isLessThan(2 * floor);
        assertThat(other.frechetDistance()).isGreaterThan(20 * floor);
        assertThat(same.density()).isCloseTo(1, within(0.1));
        assertThat(same.coverage()).isGreaterThan(0.9);
        assertThat(other.coverage()).isLessThan(same.coverage());
        assertThat(same.classKl()).isLessThan(0.01);
    }

    @Test
    void aGeneratorThatHasCollapsedIsFoundOut() {
        Network source = random("generator", 2, 3, 10, PIXELS);
        Network collapsed =
                new Network("generator", List.of(new Layer(3, PIXELS, new float[3 * PIXELS], new float[PIXELS])));
        Evaluator evaluator = new Evaluator(drawnBy(source), COUNT, Optional.of(classifier), 5);
        SampleQuality healthy = evaluator.samples(source).orElseThrow();
        SampleQuality quality = evaluator.samples(collapsed).orElseThrow();
        assertThat(quality.classesCovered()).isEqualTo(1).isLessThan(healthy.classesCovered());
        assertThat(quality.classes()).isEqualTo(4);
        assertThat(quality.smallestClassShare()).isZero();
        assertThat(quality.coverage()).isLessThan(0.1);
        assertThat(quality.classKl()).isGreaterThan(10 * healthy.classKl());
    }

    @Test
    void imagesMadeInBlocksAreThoseOfTheGeneratorItself() {
        Network generator = random("generator", 4, 3, 10, PIXELS);
        Features inBlocks = SampleReader.read(generator, classifier, 7, 300);
        assertThat(SampleReader.read(generator, classifier, 7, 300).values()).isEqualTo(inBlocks.values());
        assertThat(SampleReader.read(generator, classifier, 7, 130).values())
                .isEqualTo(inBlocks.range(0, 130).values());
        assertThat(SampleReader.read(generator, classifier, 8, 300).values()).isNotEqualTo(inBlocks.values());
    }

    @Test
    void whatDoesNotApplyIsLeftOut() {
        byte[] heldOut = new byte[COUNT * PIXELS];
        new Random(1).nextBytes(heldOut);
        AdamConfig adam = AdamConfig.of(1e-3);
        try (Vae vae = new Vae(new VaeConfig(List.of(8), 2, adam, L1.NONE, L1.NONE), PIXELS, 1, new Team(1));
                Gan gan = new Gan(
                        new GanConfig(3, List.of(8), List.of(8), adam, adam, L1.NONE, L1.NONE, 0.3, 2, 0.9),
                        PIXELS,
                        1,
                        new Team(1))) {
            Evaluator whole = new Evaluator(heldOut, COUNT, Optional.of(classifier), 1);
            assertThat(new Evaluator(heldOut, COUNT, Optional.empty(), 1)
                            .evaluate(gan)
                            .samples())
                    .isEmpty();
            assertThat(whole.evaluate(vae).elbo()).isPresent();
            assertThat(whole.evaluate(vae).samples()).isPresent();
            assertThat(whole.evaluate(gan).elbo()).isEmpty();
            assertThat(whole.evaluate(gan).samples()).isPresent();
            Evaluator few =
                    new Evaluator(java.util.Arrays.copyOf(heldOut, 10 * PIXELS), 10, Optional.of(classifier), 1);
            assertThat(few.evaluate(vae).elbo()).isPresent();
            assertThat(few.evaluate(vae).samples()).isEmpty();
            assertThat(few.floor()).isEmpty();
        }
    }
}
