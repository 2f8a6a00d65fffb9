package sparsestream.benchmarks;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The matrix products of a step through OpenBLAS, and nothing else: the roofline. Matrices are where a step has them, so that
 * caches are as warm and as cold as there; two threads are OpenBLAS's own.
 */
final class SgemmStep implements Step {
    static final String NAME = "sgemm";

    private final List<List<Gemm>> cycle;
    private final Map<String, FloatPointer> matrices = new HashMap<>();
    private int next;

    SgemmStep(Configuration configuration) {
        blas_set_num_threads(configuration.threads());
        cycle = Gemm.cycle(configuration);
        Map<String, Integer> sizes = new HashMap<>();
        for (List<Gemm> step : cycle) {
            for (Gemm gemm : step) {
                sizes.merge(gemm.a(), gemm.m() * gemm.k(), Math::max);
                sizes.merge(gemm.b(), gemm.k() * gemm.n(), Math::max);
                sizes.merge(gemm.c(), gemm.m() * gemm.n(), Math::max);
            }
        }
        sizes.forEach((name, size) -> matrices.put(name, random(size)));
    }

    /** Small enough to stay finite through all layers, large enough never to become denormal. */
    private static FloatPointer random(int size) {
        SplittableRandom random = new SplittableRandom(size);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextDouble(-0.1, 0.1);
        }
        return new FloatPointer(values);
    }

    @Override
    public void run() {
        for (Gemm gemm : cycle.get(next)) {
            cblas_sgemm(
                    CblasRowMajor,
                    gemm.transposeA() ? CblasTrans : CblasNoTrans,
                    gemm.transposeB() ? CblasTrans : CblasNoTrans,
                    gemm.m(),
                    gemm.n(),
                    gemm.k(),
                    1f,
                    matrices.get(gemm.a()),
                    gemm.transposeA() ? gemm.m() : gemm.k(),
                    matrices.get(gemm.b()),
                    gemm.transposeB() ? gemm.k() : gemm.n(),
                    0f,
                    matrices.get(gemm.c()),
                    gemm.n());
        }
        next = (next + 1) % cycle.size();
    }

    @Override
    public void close() {
        matrices.values().forEach(FloatPointer::close);
    }
}
