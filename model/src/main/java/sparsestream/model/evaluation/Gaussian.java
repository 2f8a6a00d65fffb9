package sparsestream.model.evaluation;

/**
 * Mean and covariance of features.
 *
 * @param mean [width]
 * @param covariance [width][width], divided by count − 1
 */
record Gaussian(double[] mean, double[][] covariance) {
    /** @throws IllegalArgumentException if there are fewer than two images, which have no covariance */
    static Gaussian of(Features features) {
        int width = features.width();
        int count = features.count();
        if (count < 2) {
            throw new IllegalArgumentException("a covariance needs at least 2 images, got " + count);
        }
        double[] mean = new double[width];
        for (int row = 0; row < count; row++) {
            for (int i = 0; i < width; i++) {
                mean[i] += features.values()[row * width + i];
            }
        }
        for (int i = 0; i < width; i++) {
            mean[i] /= count;
        }
        double[][] covariance = new double[width][width];
        double[] centred = new double[width];
        for (int row = 0; row < count; row++) {
            for (int i = 0; i < width; i++) {
                centred[i] = features.values()[row * width + i] - mean[i];
            }
            for (int i = 0; i < width; i++) {
                addScaled(covariance[i], centred, centred[i]);
            }
        }
        for (double[] line : covariance) {
            for (int i = 0; i < width; i++) {
                line[i] /= count - 1;
            }
        }
        return new Gaussian(mean, covariance);
    }

    private static void addScaled(double[] to, double[] from, double factor) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * from[i];
        }
    }
}
