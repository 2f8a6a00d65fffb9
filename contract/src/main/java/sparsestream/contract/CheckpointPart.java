package sparsestream.contract;

import java.util.Locale;
import java.util.Optional;

/**
 * The record key of one part of a checkpoint.
 *
 * @param key of the checkpoint
 * @param index from 0
 */
record CheckpointPart(String key, int index) {
    static final int MAX_PARTS = 10_000;
    static final String SEGMENT = "part-[0-9]{4}";

    private static final int INDEX_DIGITS = 4;

    /** Empty if the text is not the key of a part. */
    static Optional<CheckpointPart> parse(String text) {
        int slash = text.lastIndexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches(SEGMENT) || !Checkpoint.isKey(text.substring(0, slash))) {
            return Optional.empty();
        }
        int index = Integer.parseInt(text.substring(text.length() - INDEX_DIGITS));
        return Optional.of(new CheckpointPart(text.substring(0, slash), index));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s/part-%04d", key, index);
    }
}
