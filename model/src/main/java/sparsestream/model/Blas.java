package sparsestream.model;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas.cblas_sgemv;

import org.bytedeco.javacpp.FloatPointer;

/**
 * The three matrix products of a dense layer, row-major, through OpenBLAS.
 *
 * <p>OpenBLAS itself always runs on one thread; {@link Team} splits work by rows of the result. An element of the result is
 * then summed in the same order whatever the number of threads, so that the bits do not depend on it.
 */
final class Blas {
    private Blas() {}

    static void useOneThreadPerCall() {
        blas_set_num_threads(1);
    }

    /** y[rows, out] += x[rows, in] · w[out, in]ᵀ. */
    static void addForward(int rows, int in, int out, FloatPointer x, FloatPointer w, FloatPointer y) {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, out, in, 1f, x, in, w, in, 1f, y, out);
    }

    /** To be called when ND4J has started, which sets the number of threads to that of the cores. */
    /** dx[rows, in] = dy[rows, out] · w[out, in]. */
    static void backward(int rows, int in, int out, FloatPointer dy, FloatPointer w, FloatPointer dx) {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, in, out, 1f, dy, out, w, in, 0f, dx, in);
    }

    /**
     * dw[units, in] = dy[rows, units of out]ᵀ · x[rows, in] and db[units] = column sums of dy, for some units of a layer with
     * {@code out} units.
     *
     * @param dy points to the first of the units in the first row
     * @param ones at least {@code rows} ones
     */
    static void weightGradient(
            int rows,
            int in,
            int out,
            int units,
            FloatPointer dy,
            FloatPointer x,
            FloatPointer ones,
            FloatPointer dw,
            FloatPointer db) {
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, units, in, rows, 1f, dy, out, x, in, 0f, dw, in);
        cblas_sgemv(CblasRowMajor, CblasTrans, rows, units, 1f, dy, out, ones, 1, 0f, db, 1);
    }
}
