package sparsestream.model;

/** Distances between gradients. */
public final class Vectors {
    private Vectors() {}

    /** |a − b| / |b| in the Euclidean norm. */
    public static double relativeError(float[] a, double[] b) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < b.length; i++) {
            difference += (a[i] - b[i]) * (a[i] - b[i]);
            norm += b[i] * b[i];
        }
        return Math.sqrt(difference / norm);
    }

    public static double relativeError(float[] a, float[] b) {
        return relativeError(a, ReferenceMlp.doubles(b, 0, b.length));
    }
}
