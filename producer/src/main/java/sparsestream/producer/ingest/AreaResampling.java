package sparsestream.producer.ingest;

/** Changes the size of an image: each new pixel is the mean of the area of old pixels that it covers. */
final class AreaResampling {
    private AreaResampling() {}

    /**
     * The whole picture at another size, stretched if the sides have another ratio.
     *
     * @param pixels [height, width], 0 to 255
     * @return [toHeight, toWidth]
     */
    static byte[] resize(byte[] pixels, int height, int width, int toHeight, int toWidth) {
        double[] rows = new double[height * toWidth];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < toWidth; x++) {
                double sum = 0;
                double from = (double) x * width / toWidth;
                double to = (double) (x + 1) * width / toWidth;
                for (int i = (int) from; i < width && i < to; i++) {
                    sum += overlap(i, from, to) * (pixels[y * width + i] & 0xFF);
                }
                rows[y * toWidth + x] = sum / (to - from);
            }
        }
        byte[] resized = new byte[toHeight * toWidth];
        for (int y = 0; y < toHeight; y++) {
            double from = (double) y * height / toHeight;
            double to = (double) (y + 1) * height / toHeight;
            for (int x = 0; x < toWidth; x++) {
                double sum = 0;
                for (int i = (int) from; i < height && i < to; i++) {
                    sum += overlap(i, from, to) * rows[i * toWidth + x];
                }
                resized[y * toWidth + x] = (byte) Math.min(255, Math.floor(sum / (to - from) + 0.5));
            }
        }
        return resized;
    }

    /** How much of the old pixel from i to i + 1 lies in the new one. */
    private static double overlap(int i, double from, double to) {
        return Math.max(0, Math.min(i + 1, to) - Math.max(i, from));
    }
}
