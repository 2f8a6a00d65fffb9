package sparsestream.model.layers;

/**
 * Random numbers as a pure function of where they are used: the i-th number of a stream depends on the stream's key and on i
 * alone, so that resuming, replaying and splitting work among threads all see the same numbers.
 *
 * <p>Bits come from SplitMix64 (Steele, Lea and Flood, 2014) used as a counter; normal deviates from the inverse normal
 * distribution function, algorithm AS 241, PPND7 (Wichura, 1988), accurate to about 1 part in 10⁷.
 */
public final class Noise {
    /** What a stream of numbers is for; uses with the same seed and index have streams of their own. */
    public enum Use {
        REPARAMETERIZATION(1),
        LATENT(2),
        HELD_OUT(3),
        SAMPLE(4),
        EVALUATION(5);

        /** Part of every stream's key: a number once given is never given again. */
        private final int stream;

        Use(int stream) {
            this.stream = stream;
        }
    }

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long key;

    /**
     * @param seed the run's or the request's seed
     * @param use what the numbers are for
     * @param index step or image that they belong to
     */
    public Noise(long seed, Use use, long index) {
        this.key = mix(mix(mix(seed) + use.stream) + index);
    }

    /** Fills {@code to[from..from+count)} with the standard normal deviates {@code first, first+1, …} of this stream. */
    public void fillNormal(float[] to, int from, int count, long first) {
        for (int i = 0; i < count; i++) {
            to[from + i] = normal(first + i);
        }
    }

    /** The i-th standard normal deviate of this stream. */
    public float normal(long i) {
        return inverseNormal(uniform(i));
    }

    /** The i-th number of this stream, uniform on the open interval (0, 1). */
    public double uniform(long i) {
        return unit(mix(key + i * GOLDEN_GAMMA));
    }

    /** The middle of one of 2⁵² intervals: of twice as many, the last would be rounded to 1. */
    public static double unit(long bits) {
        return ((bits >>> 12) + 0.5) * 0x1.0p-52;
    }

    private static long mix(long z) {
        z += GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The quantile of the standard normal distribution at p, 0 &lt; p &lt; 1. */
    public static float inverseNormal(double p) {
        double q = p - 0.5;
        if (Math.abs(q) <= 0.425) {
            double r = 0.180625 - q * q;
            return (float) (q
                    * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
                    / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0));
        }
        // StrictMath, because Math.log may differ in the last bit from machine to machine.
        double r = Math.sqrt(-StrictMath.log(q < 0 ? p : 1.0 - p));
        double tail;
        if (r <= 5.0) {
            r -= 1.6;
            tail = (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777)
                    / ((0.12021132975 * r + 0.73700164250) * r + 1.0);
        } else {
            r -= 5.0;
            tail = (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150)
                    / ((0.012258202635 * r + 0.24197894225) * r + 1.0);
        }
        return (float) (q < 0 ? -tail : tail);
    }
}
