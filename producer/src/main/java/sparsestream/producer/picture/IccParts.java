package sparsestream.producer.picture;

import java.util.Arrays;
import java.util.Optional;

/**
 * The parts in which a JPEG carries its colour profile, since a segment has room for 64 kB (ICC.1:2022, annex B.4).
 *
 * <p>Like libjpeg, takes parts that are not a whole for no profile.
 */
final class IccParts {
    private static final int MAX_PARTS = 255;

    private final byte[][] parts = new byte[MAX_PARTS][];
    private int count;
    private boolean whole = true;
    private int bytes;

    /** @param segment number of the part, from 1, number of all parts, and the part itself */
    void add(byte[] segment) {
        int number = segment.length < 2 ? 0 : segment[0] & 0xFF;
        int of = segment.length < 2 ? 0 : segment[1] & 0xFF;
        if (number == 0 || number > of || (count != 0 && count != of) || parts[number - 1] != null) {
            whole = false;
            return;
        }
        count = of;
        parts[number - 1] = Arrays.copyOfRange(segment, 2, segment.length);
        bytes += segment.length - 2;
    }

    /** @throws UnreadablePictureException if it is too large to be one */
    Optional<byte[]> profile() {
        if (count == 0 || !whole || Arrays.stream(parts, 0, count).anyMatch(part -> part == null)) {
            return Optional.empty();
        }
        ColourProfiles.requireSize("JPEG", bytes);
        byte[] profile = new byte[bytes];
        int at = 0;
        for (byte[] part : Arrays.copyOf(parts, count)) {
            System.arraycopy(part, 0, profile, at, part.length);
            at += part.length;
        }
        return Optional.of(profile);
    }
}
