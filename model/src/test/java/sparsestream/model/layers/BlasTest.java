package sparsestream.model.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.openblas.global.openblas.blas_get_num_threads;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sparsestream.model.ReferenceMlp;
import sparsestream.model.Vectors;
import sparsestream.model.vae.Vae;
import sparsestream.model.vae.VaeConfig;

class BlasTest {
    /** Around the tiles and blocks of OpenBLAS, and the layers of the seed architectures. */
    private static final List<Integer> WIDTHS = List.of(1, 5, 32, 37, 100, 128, 256, 784);

    private static final List<Integer> ROWS = List.of(1, 31, 33, 64, 100, 128, 200);

    @BeforeAll
    static void oneThread() {
        Blas.useOneThreadPerCall();
    }

    static Stream<Arguments> layers() {
        return WIDTHS.stream().flatMap(in -> WIDTHS.stream().map(out -> Arguments.of(in, out)));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void productsAreThoseOfDoublePrecisionAndTheirBitsDoNotDependOnTheNumberOfThreads(int in, int out) {
        for (int rows : ROWS) {
            Products products = new Products(rows, in, out);
            List<float[]> alone = products.compute(1);
            if (rows * in * out < 300_000) {
                products.compareWithDoublePrecision(alone);
            }
            for (int threads = 2; threads <= 4; threads++) {
                List<float[]> shared = products.compute(threads);
                for (int i = 0; i < alone.size(); i++) {
                    assertThat(shared.get(i)).isEqualTo(alone.get(i));
                }
            }
        }
    }

    @Test
    void aModelMadeInAFreshProcessLeavesOneThreadToOpenBlas() throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ThreadsOfFirstModel.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output.strip()).endsWith("threads: 1");
    }

    /** Run as a process of its own, because ND4J sets the number of threads only once, when it starts. */
    static final class ThreadsOfFirstModel {
        private ThreadsOfFirstModel() {}

        public static void main(String[] args) {
            new Vae(new VaeConfig(), 4, 1, new Team(1)).close();
            System.out.println("threads: " + blas_get_num_threads());
        }
    }

    /** The three products of one layer, on random numbers that are the same for the same shape. */
    private static final class Products {
        private final int rows;
        private final int in;
        private final int out;
        private final Matrix x;
        private final Matrix w;
        private final Matrix y;
        private final Matrix dy;
        private final Matrix dx;
        private final Matrix dw;
        private final Matrix db;
        private final Matrix ones;

        Products(int rows, int in, int out) {
            this.rows = rows;
            this.in = in;
            this.out = out;
            x = random(rows, in, 1);
            w = random(out, in, 2);
            y = random(rows, out, 3);
            dy = random(rows, out, 4);
            dx = new Matrix(rows, in);
            dw = new Matrix(out, in);
            db = new Matrix(out, 1);
            ones = new Matrix(rows, 1);
            java.util.Arrays.fill(ones.values, 1f);
            ones.push(0, rows);
        }

        private static Matrix random(int rows, int cols, long seed) {
            Random random = new Random(seed);
            Matrix matrix = new Matrix(rows, cols);
            for (int i = 0; i < matrix.values.length; i++) {
                matrix.values[i] = (float) random.nextGaussian();
            }
            matrix.push(0, rows);
            return matrix;
        }

        /** y, dx, dw and db, computed part after part as a team of so many threads divides the work. */
        List<float[]> compute(int threads) {
            y.push(0, rows);
            try (Team team = new Team(threads)) {
                for (int part = 0; part < threads; part++) {
                    int from = team.from(part, rows);
                    int n = team.to(part, rows) - from;
                    Blas.addForward(n, in, out, x.row(from), w.row(0), y.row(from));
                    Blas.backward(n, in, out, dy.row(from), w.row(0), dx.row(from));
                    int unit = team.from(part, out);
                    int units = team.to(part, out) - unit;
                    Blas.weightGradient(rows, in, out, units, dy.at(unit), x.row(0), dw.row(unit));
                    int sum = team.from(part, out, Blas.SUM_BLOCK);
                    int sums = team.from(part + 1, out, Blas.SUM_BLOCK) - sum;
                    Blas.biasGradient(rows, out, sums, dy.at(sum), ones.row(0), db.row(sum));
                }
            }
            return List.of(result(y), result(dx), result(dw), result(db));
        }

        private static float[] result(Matrix matrix) {
            float[] result = new float[matrix.values.length];
            matrix.row(0).get(result);
            return result;
        }

        void compareWithDoublePrecision(List<float[]> results) {
            double[] forward = ReferenceMlp.doubles(y.values, 0, rows * out);
            double[] backward = new double[rows * in];
            double[] weights = new double[out * in];
            double[] biases = new double[out];
            for (int row = 0; row < rows; row++) {
                for (int o = 0; o < out; o++) {
                    double d = dy.values[row * out + o];
                    biases[o] += d;
                    for (int i = 0; i < in; i++) {
                        double xi = x.values[row * in + i];
                        double wi = w.values[o * in + i];
                        forward[row * out + o] += xi * wi;
                        backward[row * in + i] += d * wi;
                        weights[o * in + i] += d * xi;
                    }
                }
            }
            assertThat(Vectors.relativeError(results.get(0), forward)).isLessThan(2e-6);
            assertThat(Vectors.relativeError(results.get(1), backward)).isLessThan(2e-6);
            assertThat(Vectors.relativeError(results.get(2), weights)).isLessThan(2e-6);
            assertThat(Vectors.relativeError(results.get(3), biases)).isLessThan(2e-6);
        }
    }
}
