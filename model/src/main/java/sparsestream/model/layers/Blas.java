package sparsestream.model.layers;

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
 * <p>OpenBLAS itself always runs on one thread; {@link Team} splits work by rows of the result. An element of the result must
 * be summed in the same order whatever the number of threads, so that the bits do not depend on it. OpenBLAS chooses among
 * kernels that round differently by the size of a product, and rounds the rows of a cut tile differently; so a product is
 * divided into calls, at multiples of {@link #BLOCK} rows, in such a way that the number of rows never decides:
 * {@link #rowsOfCall}.
 */
final class Blas {
    /**
     * Multiplications up to which OpenBLAS 0.3.31 may take its kernels for small matrices on AVX-512. On processors with another
     * limit the bits may depend on the number of threads.
     */
    private static final long SMALL_PRODUCT = 1_000_000;

    /**
     * Products are divided at multiples of so many rows: of the height of the tiles that this processor's kernels compute. Those for
     * AVX-512 have tiles whose heights divide 32, those for AVX2 tiles of 12 rows.
     */
    static final int BLOCK = Tiles.height(32, 24, 96);

    /** Column sums are divided at multiples of so many columns, and those left over are summed by themselves. */
    static final int SUM_BLOCK = 32;

    private Blas() {}

    /** To be called when ND4J has started, which sets the number of threads to that of the cores. */
    static void useOneThreadPerCall() {
        blas_set_num_threads(1);
    }

    /** y[rows, out] += x[rows, in] · w[out, in]ᵀ. */
    static void addForward(int rows, int in, int out, FloatPointer x, FloatPointer w, FloatPointer y) {
        int n;
        for (int row = 0; row < rows; row += n) {
            n = rowsOfCall(rows - row, (long) in * out);
            FloatPointer xn = x.getPointer((long) row * in);
            FloatPointer yn = y.getPointer((long) row * out);
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, out, in, 1f, xn, in, w, in, 1f, yn, out);
        }
    }

    /** dx[rows, in] = dy[rows, out] · w[out, in]. */
    static void backward(int rows, int in, int out, FloatPointer dy, FloatPointer w, FloatPointer dx) {
        int n;
        for (int row = 0; row < rows; row += n) {
            n = rowsOfCall(rows - row, (long) in * out);
            FloatPointer dyn = dy.getPointer((long) row * out);
            FloatPointer dxn = dx.getPointer((long) row * in);
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, in, out, 1f, dyn, out, w, in, 0f, dxn, in);
        }
    }

    /**
     * dw[units, in] = dy[rows, units of out]ᵀ · x[rows, in], for some units of a layer with {@code out} units.
     *
     * @param dy points to the first of the units in the first row
     */
    static void weightGradient(int rows, int in, int out, int units, FloatPointer dy, FloatPointer x, FloatPointer dw) {
        int n;
        for (int unit = 0; unit < units; unit += n) {
            n = rowsOfCall(units - unit, (long) in * rows);
            FloatPointer dyn = dy.getPointer(unit);
            FloatPointer dwn = dw.getPointer((long) unit * in);
            cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, in, rows, 1f, dyn, out, x, in, 0f, dwn, in);
        }
    }

    /**
     * db[units] = column sums of dy[rows, units of out], for some units of a layer with {@code out} units.
     *
     * @param units a multiple of {@link #SUM_BLOCK} unless they are the layer's last
     * @param dy points to the first of the units in the first row
     * @param ones at least {@code rows} ones
     */
    static void biasGradient(int rows, int out, int units, FloatPointer dy, FloatPointer ones, FloatPointer db) {
        int whole = units - units % SUM_BLOCK;
        sums(rows, out, whole, dy, ones, db);
        sums(rows, out, units - whole, dy.getPointer(whole), ones, db.getPointer(whole));
    }

    private static void sums(int rows, int out, int units, FloatPointer dy, FloatPointer ones, FloatPointer db) {
        if (units > 0) {
            cblas_sgemv(CblasRowMajor, CblasTrans, rows, units, 1f, dy, out, ones, 1, 0f, db, 1);
        }
    }

    /**
     * How many of the rows of a result that are left to compute the next call takes. One block at a time where a block is a
     * small product; otherwise all whole blocks at once, none of which is small; what remains of less than a block is a call
     * of its own.
     */
    private static int rowsOfCall(int left, long productsPerRow) {
        if (left <= BLOCK) {
            return left;
        }
        return productsPerRow * BLOCK <= SMALL_PRODUCT ? BLOCK : left - left % BLOCK;
    }
}
