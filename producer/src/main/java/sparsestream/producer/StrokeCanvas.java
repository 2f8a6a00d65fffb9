package sparsestream.producer;

import java.util.Arrays;

/** Draws round-ended, anti-aliased segments, white on black: a pixel is as bright as it is near to a segment. */
final class StrokeCanvas {
    /** How far a stroke's edge fades, in pixels. */
    private static final double EDGE = 1.3;

    private final int side;
    private final double[] squaredDistances;

    StrokeCanvas(int side) {
        this.side = side;
        this.squaredDistances = new double[side * side];
        clear();
    }

    void clear() {
        Arrays.fill(squaredDistances, Double.POSITIVE_INFINITY);
    }

    /** Adds the segment from (x0, y0) to (x1, y1), in pixels, reckoning with a pen of up to the given radius. */
    void segment(double x0, double y0, double x1, double y1, double radius) {
        double reach = radius + EDGE;
        int left = (int) Math.max(0, Math.min(x0, x1) - reach);
        int right = (int) Math.min(side - 1, Math.max(x0, x1) + reach);
        int top = (int) Math.max(0, Math.min(y0, y1) - reach);
        int bottom = (int) Math.min(side - 1, Math.max(y0, y1) + reach);
        double dx = x1 - x0;
        double dy = y1 - y0;
        double squaredLength = Math.max(dx * dx + dy * dy, 1e-12);
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                double px = x + 0.5 - x0;
                double py = y + 0.5 - y0;
                double along = Math.max(0, Math.min(1, (px * dx + py * dy) / squaredLength));
                double ex = px - along * dx;
                double ey = py - along * dy;
                int pixel = y * side + x;
                squaredDistances[pixel] = Math.min(squaredDistances[pixel], ex * ex + ey * ey);
            }
        }
    }

    /** Writes what was drawn, as with a pen of this radius, to {@code [side, side]} bytes from {@code offset} on. */
    void paint(double radius, byte[] images, int offset) {
        for (int pixel = 0; pixel < squaredDistances.length; pixel++) {
            double inside = radius + EDGE / 2 - Math.sqrt(squaredDistances[pixel]);
            images[offset + pixel] = (byte) Math.round(255 * Math.max(0, Math.min(1, inside / EDGE)));
        }
    }
}
