package sparsestream.producer;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a stream changes on its way: all at once, or over some images.
 *
 * @param kind {@code classes} (0 to 4, then 5 to 9), {@code invert} (white on black, then black on white), {@code noise} (none, then
 *     grey noise), or the name of another dataset to go over to
 * @param from position of the first image that may differ
 * @param length images that the change takes; 0 for at once
 */
public record Drift(String kind, long from, long length) {
    static final String CLASSES = "classes";
    static final String INVERT = "invert";
    static final String NOISE = "noise";

    private static final Pattern SPEC = Pattern.compile("(.+)@([0-9]{1,15})(?:\\+([0-9]{1,15}))?");

    /**
     * Reads {@code KIND@FROM} or {@code KIND@FROM+LENGTH}.
     *
     * @throws IllegalArgumentException if it is not of that form
     */
    public static Drift parse(String spec) {
        Matcher parts = SPEC.matcher(spec);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "--drift must be KIND@IMAGES or KIND@IMAGES+LENGTH, with the kind classes, invert, noise or the name of"
                            + " a dataset, got '" + spec + "'");
        }
        long length = parts.group(3) == null ? 0 : Long.parseLong(parts.group(3));
        return new Drift(parts.group(1), Long.parseLong(parts.group(2)), length);
    }

    /** The dataset that the stream goes over to, if it does. */
    public Optional<String> otherDataset() {
        boolean changesImages = kind.equals(CLASSES) || kind.equals(INVERT) || kind.equals(NOISE);
        return changesImages ? Optional.empty() : Optional.of(kind);
    }

    /** How much of the change has come about at a position: 0 none of it, 1 all. */
    double progress(long position) {
        if (position < from) {
            return 0;
        }
        return length == 0 ? 1 : Math.min(1, (double) (position - from) / length);
    }

    @Override
    public String toString() {
        return kind + "@" + from + (length == 0 ? "" : "+" + length);
    }
}
