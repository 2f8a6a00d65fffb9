package sparsestream.producer;

import java.util.Random;

/** Random sources that follow from a seed and an index. */
public final class Seeds {
    private Seeds() {}

    /**
     * The source for the given index, unlike that of any neighbouring index or seed. {@link Random} because its
     * sequence, Gaussians included, is specified: it stays the same on every platform and Java version.
     */
    public static Random random(long seed, long index) {
        return new Random(mix(mix(seed) + index));
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014, figure 17), after one step of its golden gamma. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
