package sparsestream.trainer;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.MalformedMessageException;

/** What a compacted topic tells of one key, from its records in order. */
public final class StateHistory {
    private final String key;
    private final CheckpointAssembler assembler = new CheckpointAssembler();
    private boolean begun;
    private long lastVersion;
    private Checkpoint newest;
    private MalformedMessageException damage;

    public StateHistory(String key) {
        this.key = key;
    }

    /** Whether the record is a part or the manifest of what is kept under a key. */
    public static boolean isOf(ConsumerRecord<byte[], byte[]> record, String key) {
        String name = name(record);
        return name.equals(key) || name.startsWith(key + "/part-");
    }

    private static String name(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    }

    public void accept(ConsumerRecord<byte[], byte[]> record) {
        if (!isOf(record, key)) {
            return;
        }
        boolean isManifest = name(record).equals(key);
        begun |= record.value() != null;
        lastVersion =
                Math.max(lastVersion, CheckpointCodec.claimedVersion(record).orElse(0));
        try {
            Optional<Checkpoint> checkpoint = assembler.accept(record);
            if (checkpoint.isPresent() || isManifest) {
                newest = checkpoint.orElse(null);
                damage = null;
            }
        } catch (MalformedMessageException e) {
            // Usual for a version whose parts are compacted away; a newer one then follows. If none does, it counts.
            damage = e;
        }
    }

    /**
     * The newest version; empty if the key was never written.
     *
     * @throws TrainerException if there was one and it is no longer whole
     */
    public Optional<Checkpoint> newest() {
        if (damage != null) {
            throw new TrainerException(
                    "the state of %s is damaged (%s); %s".formatted(key, damage.getMessage(), TrainerException.ADVICE),
                    damage);
        }
        if (newest == null && begun) {
            throw new TrainerException(
                    "the state of %s is damaged (its manifest is gone); %s".formatted(key, TrainerException.ADVICE));
        }
        return Optional.ofNullable(newest);
    }

    /** The highest version that any record of the key claims to be of; 0 if none does. */
    public long lastVersion() {
        return lastVersion;
    }
}
