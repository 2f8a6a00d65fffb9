package sparsestream.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * A matrix product that a training step can't do without: c[m, n] = op(a) · op(b), row-major, op(a) [m, k] and op(b) [k, n].
 *
 * @param a name of the matrix; products that name the same matrix share its memory, as in the step
 */
record Gemm(boolean transposeA, boolean transposeB, int m, int n, int k, String a, String b, String c) {
    /** Two for each multiplication and addition. */
    long flops() {
        return 2L * m * n * k;
    }

    /**
     * The products of consecutive steps until they repeat: one step, or for R1 one with the penalty and one without.
     */
    static List<List<Gemm>> cycle(Configuration configuration) {
        Architecture architecture = configuration.architecture();
        int batch = configuration.batch();
        return switch (configuration.model()) {
            case VAE -> List.of(vaeStep(architecture, batch));
            case GAN -> List.of(ganStep(architecture, batch, false));
            case GAN_R1 -> List.of(ganStep(architecture, batch, true), ganStep(architecture, batch, false));
        };
    }

    private static List<Gemm> vaeStep(Architecture architecture, int batch) {
        Products encoder = new Products("encoder", architecture.encoder());
        Products decoder = new Products("decoder", architecture.decoder());
        List<Gemm> step = new ArrayList<>();
        step.addAll(encoder.forward(batch));
        step.addAll(decoder.forward(batch));
        step.addAll(decoder.backward(batch));
        step.addAll(decoder.inputDelta(batch));
        step.addAll(encoder.backward(batch));
        step.addAll(encoder.weightGradient(batch));
        step.addAll(decoder.weightGradient(batch));
        return step;
    }

    /** R1 needs the gradient in the real images, and two more blocks of rows in the discriminator's passes. */
    private static List<Gemm> ganStep(Architecture architecture, int batch, boolean penalised) {
        Products generator = new Products("generator", architecture.generator());
        Products discriminator = new Products("discriminator", architecture.discriminator());
        List<Gemm> step = new ArrayList<>();
        step.addAll(generator.forward(batch));
        step.addAll(discriminator.forward(2 * batch));
        step.addAll(discriminator.backward(2 * batch));
        if (penalised) {
            step.addAll(discriminator.inputDelta(batch));
            for (int sign = 1; sign >= -1; sign -= 2) {
                step.addAll(discriminator.forward(batch));
                step.addAll(discriminator.backward(batch));
            }
        }
        step.addAll(discriminator.weightGradient(penalised ? 4 * batch : 2 * batch));
        step.addAll(discriminator.forward(batch));
        step.addAll(discriminator.backward(batch));
        step.addAll(discriminator.inputDelta(batch));
        step.addAll(generator.backward(batch));
        step.addAll(generator.weightGradient(batch));
        return step;
    }

    /** The products of one multilayer perceptron. */
    private record Products(String network, List<Integer> widths) {
        private int layers() {
            return widths.size() - 1;
        }

        private String matrix(String kind, int layer) {
            return network + "." + kind + "." + layer;
        }

        /** y[rows, out] = x[rows, in] · w[out, in]ᵀ for each layer. */
        List<Gemm> forward(int rows) {
            List<Gemm> products = new ArrayList<>();
            for (int i = 0; i < layers(); i++) {
                products.add(new Gemm(
                        false,
                        true,
                        rows,
                        widths.get(i + 1),
                        widths.get(i),
                        matrix("activation", i),
                        matrix("weight", i),
                        matrix("activation", i + 1)));
            }
            return products;
        }

        /** dx[rows, in] = dy[rows, out] · w[out, in] for each layer but the first. */
        List<Gemm> backward(int rows) {
            List<Gemm> products = new ArrayList<>();
            for (int i = layers() - 1; i > 0; i--) {
                products.add(delta(i, rows));
            }
            return products;
        }

        /** The same for the first layer. */
        List<Gemm> inputDelta(int rows) {
            return List.of(delta(0, rows));
        }

        private Gemm delta(int layer, int rows) {
            return new Gemm(
                    false,
                    false,
                    rows,
                    widths.get(layer),
                    widths.get(layer + 1),
                    matrix("delta", layer + 1),
                    matrix("weight", layer),
                    matrix("delta", layer));
        }

        /** dw[out, in] = dy[rows, out]ᵀ · x[rows, in] for each layer. */
        List<Gemm> weightGradient(int rows) {
            List<Gemm> products = new ArrayList<>();
            for (int i = 0; i < layers(); i++) {
                products.add(new Gemm(
                        true,
                        false,
                        widths.get(i + 1),
                        widths.get(i),
                        rows,
                        matrix("delta", i + 1),
                        matrix("activation", i),
                        matrix("gradient", i)));
            }
            return products;
        }
    }
}
