package sparsestream.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.model.Elbo;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Noise;
import sparsestream.model.layers.Team;
import sparsestream.model.vae.HeldOutBound;
import sparsestream.model.vae.Vae;
import sparsestream.model.vae.VaeConfig;

/** Every figure of an evaluation beside what NumPy and SciPy make of the same numbers. */
class MetricsAgainstScipyTest {
    private static final int WIDTH = 12;

    @TempDir
    Path directory;

    @BeforeAll
    static void pythonIsThere() throws InterruptedException {
        Python.assumeItIsThere();
    }

    /** Correlated features around {@code centre}, of which the last two are constant, as those of dead units are. */
    private static Features features(long seed, int count, float centre, int classes) {
        Random random = new Random(seed);
        float[] values = new float[count * WIDTH];
        int[] labels = new int[count];
        for (int row = 0; row < count; row++) {
            float common = (float) random.nextGaussian();
            for (int i = 0; i < WIDTH - 2; i++) {
                values[row * WIDTH + i] = centre + 0.7f * common + (0.2f + 0.1f * i) * (float) random.nextGaussian();
            }
            values[row * WIDTH + WIDTH - 1] = 3f;
            labels[row] = (int) Math.min(classes - 1, Math.abs(random.nextGaussian()) * classes / 2);
        }
        return new Features(count, WIDTH, values, labels);
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, 0.5f, -4f})
    void theFrechetDistance(float centre) throws Exception {
        Features real = features(1, 500, 0f, 10);
        Features made = features(2, 400, centre, 10);
        double[] expected = new Python(directory)
                .put("real", real.values())
                .put("made", made.values())
                .run("""
                        x, y = floats('real', -1, 12), floats('made', -1, 12)
                        a, b = np.cov(x.T), np.cov(y.T)
                        # Tr((A^½ B A^½)^½) is the sum of the roots of the eigenvalues of A B.
                        roots = np.sqrt(np.clip(scipy.linalg.eigvals(a @ b).real, 0, None))
                        print(repr(float(np.sum((x.mean(0) - y.mean(0)) ** 2) + np.trace(a + b) - 2 * roots.sum())))
                        """);
        assertThat(new FrechetDistance(real).to(made)).isCloseTo(expected[0], within(1e-6 * (1 + expected[0])));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void densityAndCoverage(int k) throws Exception {
        Features real = features(3, 300, 0f, 10);
        Features made = features(4, 200, 0.4f, 10);
        double[] expected = new Python(directory)
                .put("real", real.values())
                .put("made", made.values())
                .put("k", new int[] {k})
                .run("""
                        x, y, k = floats('real', -1, 12), floats('made', -1, 12), int(ints('k')[0])
                        among = np.linalg.norm(x[:, None] - x[None], axis=2)
                        radii = np.sort(among, axis=1)[:, k]
                        inside = np.linalg.norm(x[:, None] - y[None], axis=2) <= radii[:, None]
                        print(inside.sum() / (k * len(y)))
                        print(inside.any(axis=1).mean())
                        """);
        Neighbourhoods.Measures measures = new Neighbourhoods(real, k).of(made);
        assertThat(measures.density()).isCloseTo(expected[0], within(1e-9));
        assertThat(measures.coverage()).isCloseTo(expected[1], within(1e-9));
    }

    @Test
    void theClassHistogram() throws Exception {
        Features real = features(5, 1000, 0f, 10);
        Features made = features(6, 700, 0f, 8);
        double[] expected = new Python(directory)
                .put("real", real.classes())
                .put("made", made.classes())
                .run("""
                        import scipy.stats
                        q, p = np.bincount(ints('real'), minlength=10) + 1, np.bincount(ints('made'), minlength=10)
                        print(scipy.stats.entropy(p, q))
                        print(p.min() / p.sum())
                        print((p / p.sum() >= 0.01).sum())
                        """);
        ClassHistogram histogram = ClassHistogram.of(made, 10);
        assertThat(histogram.klDivergence(ClassHistogram.of(real, 10))).isCloseTo(expected[0], within(1e-12));
        assertThat(histogram.smallestShare()).isEqualTo(expected[1]);
        assertThat(histogram.covered()).isEqualTo((int) expected[2]);
    }

    @Test
    void theElboItsPartsAndTheImportanceWeightedBound() throws Exception {
        int pixels = 30;
        int latent = 4;
        int samples = 7;
        // More than one block of images.
        int count = 150;
        L1 l1 = new L1(L1.Method.PROXIMAL, 3e-3);
        VaeConfig config = new VaeConfig(List.of(9, 6), latent, AdamConfig.of(1e-2), l1, l1);
        byte[] images = new byte[count * pixels];
        Random random = new Random(8);
        for (int i = 0; i < images.length; i++) {
            // A few pixels say all about an image, so that there is something to learn.
            images[i] = (byte) (random.nextInt(30) + (i % pixels % 3 == (i / pixels) % 3 ? 220 : 0));
        }
        long seed = 3;
        try (Vae vae = new Vae(config, pixels, seed, new Team(1))) {
            for (int step = 0; step < 200; step++) {
                vae.learn(images, count);
            }
            assertThat(vae.zeroRatio()).isGreaterThan(0.05);
            Python python = new Python(directory);
            for (Network network : vae.networks()) {
                for (int i = 0; i < network.layers().size(); i++) {
                    python.put(network.name() + i + "w", network.layers().get(i).weights());
                    python.put(network.name() + i + "b", network.layers().get(i).biases());
                }
            }
            float[] grey = new float[images.length];
            for (int i = 0; i < grey.length; i++) {
                grey[i] = images[i] & 0xff;
            }
            python.put("images", grey);
            for (int k = 0; k <= samples; k++) {
                float[] noise = new float[count * latent];
                new Noise(seed, Noise.Use.HELD_OUT, k).fillNormal(noise, 0, noise.length, 0);
                python.put("noise" + k, noise);
            }
            double[] expected = python.run("""
                    from scipy.special import logsumexp
                    from scipy.stats import norm
                    def network(name, x):
                        for i in range(3):
                            b = floats(f'{name}{i}b', -1)
                            x = x @ floats(f'{name}{i}w', len(b), -1).T + b
                            x = np.where(x > 0, x, 0.2 * x) if i < 2 else x
                        return x
                    x = floats('images', 150, 30) / 255
                    code = network('encoder', x)
                    mean, deviation = code[:, :4], np.exp(code[:, 4:] / 2)
                    def cross(z):
                        logits = network('decoder', z)
                        return (np.logaddexp(0, logits) - x * logits).sum(1)
                    print(cross(mean + deviation * floats('noise0', 150, 4)).mean())
                    print((0.5 * (mean ** 2 + deviation ** 2 - 1 - 2 * np.log(deviation))).sum(1).mean())
                    print((mean.var(0) > 0.01).sum())
                    weights = []
                    for k in range(1, 8):
                        z = mean + deviation * floats(f'noise{k}', 150, 4)
                        weights.append(norm.logpdf(z).sum(1) - norm.logpdf(z, mean, deviation).sum(1) - cross(z))
                    print(-(logsumexp(np.array(weights), axis=0) - np.log(7)).mean())
                    """);
            Elbo elbo = vae.heldOutElbo(images, count).orElseThrow();
            assertThat(elbo.reconstruction()).isCloseTo(expected[0], within(1e-4));
            assertThat(elbo.klDivergence()).isCloseTo(expected[1], within(1e-5));
            assertThat(elbo.activeUnits()).isEqualTo((int) expected[2]).isBetween(1, latent);
            try (HeldOutBound bounds =
                    new HeldOutBound(vae.networks().get(0), vae.networks().get(1))) {
                assertThat(bounds.importanceWeighted(images, count, samples, seed))
                        .isCloseTo(expected[3], within(1e-4))
                        .isLessThan(elbo.negative());
            }
        }
    }
}
