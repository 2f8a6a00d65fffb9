package sparsestream.producer;

import java.util.List;
import java.util.Random;
import sparsestream.producer.Glyph.Stroke;

/** Turns a glyph into the path of a pen in a hand that is never quite steady. */
final class Handwriting {
    private static final double JITTER = 0.036;
    private static final double MIN_ASPECT = 0.5;
    private static final double MAX_ASPECT = 1.0;
    private static final double MEAN_SLANT = 0.12;
    private static final double SLANT_DEVIATION = 0.22;
    private static final double ROTATION_DEVIATION_RADIANS = 0.09;
    private static final int CURVE_STEPS = 6;

    private Handwriting() {}

    /** Paths through points, x and y by turns, of arbitrary scale and position. */
    static double[][] write(Glyph glyph, Random random) {
        double aspect = MIN_ASPECT + (MAX_ASPECT - MIN_ASPECT) * random.nextDouble();
        double slant = MEAN_SLANT + SLANT_DEVIATION * random.nextGaussian();
        double rotation = ROTATION_DEVIATION_RADIANS * random.nextGaussian();
        double cos = StrictMath.cos(rotation);
        double sin = StrictMath.sin(rotation);
        List<Stroke> strokes = glyph.strokes();
        double[][] paths = new double[strokes.size()][];
        for (int s = 0; s < paths.length; s++) {
            double[] points = strokes.get(s).points().clone();
            for (int p = 0; p < points.length; p += 2) {
                double y = points[p + 1] - 0.5 + JITTER * random.nextGaussian();
                double x = (points[p] - 0.5) * aspect + JITTER * random.nextGaussian() - slant * y;
                points[p] = x * cos - y * sin;
                points[p + 1] = x * sin + y * cos;
            }
            paths[s] = strokes.get(s).curved() ? smooth(points) : points;
        }
        return paths;
    }

    /** The Catmull-Rom spline through the points (Catmull and Rom 1974), its ends doubled, as a polyline. */
    private static double[] smooth(double[] points) {
        int spans = points.length / 2 - 1;
        double[] path = new double[2 * (spans * CURVE_STEPS + 1)];
        int last = points.length - 2;
        for (int span = 0; span < spans; span++) {
            for (int axis = 0; axis < 2; axis++) {
                int at = 2 * span;
                double before = points[Math.max(0, at - 2) + axis];
                double from = points[at + axis];
                double to = points[at + 2 + axis];
                double after = points[Math.min(last, at + 4) + axis];
                for (int step = 0; step < CURVE_STEPS; step++) {
                    path[2 * (span * CURVE_STEPS + step) + axis] =
                            catmullRom(before, from, to, after, step / (double) CURVE_STEPS);
                }
            }
        }
        path[path.length - 2] = points[last];
        path[path.length - 1] = points[last + 1];
        return path;
    }

    private static double catmullRom(double before, double from, double to, double after, double t) {
        return from
                + t
                        / 2
                        * (to
                                - before
                                + t
                                        * (2 * before
                                                - 5 * from
                                                + 4 * to
                                                - after
                                                + t * (3 * (from - to) + after - before)));
    }
}
