package sparsestream.contract;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One version of what is kept under a key: a trainer's state or a model's public weights.
 *
 * @param key {@code run/model} or {@code run/model/partition}; each segment 1 to 64 letters, digits, '.', '_' and '-'
 * @param version grows with each checkpoint under a key; not negative
 * @param contents tensors and metadata
 * @param sha256 of the safetensors file with the contents, in lower-case hexadecimal; names this version for good
 */
public record Checkpoint(String key, long version, Safetensors contents, String sha256) {
    private static final String SEGMENT = "[A-Za-z0-9._-]{1,64}";

    // A partition that looks like a part would make one key two things.
    private static final Pattern KEY =
            Pattern.compile(SEGMENT + "/" + SEGMENT + "(/(?!" + CheckpointPart.SEGMENT + "$)" + SEGMENT + ")?");

    /**
     * A checkpoint that has been written before.
     *
     * @throws IllegalArgumentException if the key, the version or the SHA-256 is not of the form above
     */
    public Checkpoint {
        if (!isKey(key)) {
            throw new IllegalArgumentException("'" + key + "' is not run/model or run/model/partition");
        }
        if (version < 0) {
            throw new IllegalArgumentException("version " + version + " is negative");
        }
        Objects.requireNonNull(contents, "contents");
        if (!Sha256.isHex(sha256)) {
            throw new IllegalArgumentException("'" + sha256 + "' is not a SHA-256");
        }
    }

    /** A new checkpoint, whose SHA-256 is that of {@link Safetensors#encode}. */
    public Checkpoint(String key, long version, Safetensors contents) {
        this(key, version, contents, Sha256.hex(contents.encode()));
    }

    static boolean isKey(String text) {
        return KEY.matcher(text).matches();
    }
}
