package sparsestream.model.layers;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Finds out in which tiles the kernels that OpenBLAS has chosen for this processor compute: a product that is divided between two
 * tiles has the same bits as one that is not. Asked of the kernels themselves, since their tiles are documented nowhere and the name of
 * a processor does not tell which kernels serve it.
 */
final class Tiles {
    // The widest layer of the small networks and the usual batch: too large for the kernels for small matrices.
    private static final int ROWS = 128;
    private static final int INPUTS = 784;
    private static final int OUTPUTS = 128;

    private final FloatPointer x = pattern(ROWS * INPUTS, 7);
    private final FloatPointer w = pattern(OUTPUTS * INPUTS, 11);
    private final FloatPointer dy = pattern(ROWS * OUTPUTS, 13);
    private final FloatPointer result = new FloatPointer((long) ROWS * INPUTS);

    private Tiles() {}

    /**
     * The first of some heights at which products can be divided; a height that no product has if there is none, so that none is
     * divided then.
     */
    static int height(int... candidates) {
        blas_set_num_threads(1);
        Tiles tiles = new Tiles();
        try {
            return Arrays.stream(candidates)
                    .filter(tiles::canBeDividedAt)
                    .findFirst()
                    .orElse(Integer.MAX_VALUE);
        } finally {
            tiles.free();
        }
    }

    /** Numbers of both signs whose products are rounded. */
    private static FloatPointer pattern(int elements, int period) {
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (i % period - period / 2) / 3f + (i % 101) / 1000f;
        }
        return new FloatPointer(values);
    }

    private boolean canBeDividedAt(int height) {
        return Arrays.equals(forward(ROWS), forward(height))
                && Arrays.equals(backward(ROWS), backward(height))
                && Arrays.equals(weightGradient(OUTPUTS), weightGradient(height));
    }

    private float[] forward(int height) {
        for (int row = 0; row < ROWS; row += height) {
            int n = Math.min(height, ROWS - row);
            FloatPointer xn = x.getPointer((long) row * INPUTS);
            FloatPointer yn = result.getPointer((long) row * OUTPUTS);
            cblas_sgemm(
                    CblasRowMajor,
                    CblasNoTrans,
                    CblasTrans,
                    n,
                    OUTPUTS,
                    INPUTS,
                    1f,
                    xn,
                    INPUTS,
                    w,
                    INPUTS,
                    0f,
                    yn,
                    OUTPUTS);
        }
        return result(ROWS * OUTPUTS);
    }

    private float[] backward(int height) {
        for (int row = 0; row < ROWS; row += height) {
            int n = Math.min(height, ROWS - row);
            FloatPointer dyn = dy.getPointer((long) row * OUTPUTS);
            FloatPointer dxn = result.getPointer((long) row * INPUTS);
            cblas_sgemm(
                    CblasRowMajor,
                    CblasNoTrans,
                    CblasNoTrans,
                    n,
                    INPUTS,
                    OUTPUTS,
                    1f,
                    dyn,
                    OUTPUTS,
                    w,
                    INPUTS,
                    0f,
                    dxn,
                    INPUTS);
        }
        return result(ROWS * INPUTS);
    }

    private float[] weightGradient(int height) {
        for (int unit = 0; unit < OUTPUTS; unit += height) {
            int n = Math.min(height, OUTPUTS - unit);
            FloatPointer dyn = dy.getPointer(unit);
            FloatPointer dwn = result.getPointer((long) unit * INPUTS);
            cblas_sgemm(
                    CblasRowMajor,
                    CblasTrans,
                    CblasNoTrans,
                    n,
                    INPUTS,
                    ROWS,
                    1f,
                    dyn,
                    OUTPUTS,
                    x,
                    INPUTS,
                    0f,
                    dwn,
                    INPUTS);
        }
        return result(OUTPUTS * INPUTS);
    }

    private float[] result(int elements) {
        float[] values = new float[elements];
        result.get(values);
        return values;
    }

    private void free() {
        x.close();
        w.close();
        dy.close();
        result.close();
    }
}
