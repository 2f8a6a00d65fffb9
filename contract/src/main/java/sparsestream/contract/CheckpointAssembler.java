package sparsestream.contract;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Puts checkpoints together from the records of {@link CheckpointCodec}, of any number of keys in any interleaving.
 *
 * <p>It holds the parts of at most 64 keys and 1 GiB, and lets go of those that have waited longest; a part is released
 * when a manifest of its version or a later one has been seen. For one thread.
 */
public final class CheckpointAssembler {
    private static final int MAX_KEYS = 64;
    private static final int MAX_DELIVERED_KEYS = 10_000;

    private final int maxKeys;
    private final long maxBytes;

    /** Parts by key and index; the key touched last comes last. */
    private final Map<String, TreeMap<Integer, Part>> held = new LinkedHashMap<>(16, 0.75f, true);

    /** The last version delivered of each key. */
    private final Map<String, Long> delivered = new LinkedHashMap<>(16, 0.75f, true);

    private long heldBytes;

    private record Part(long version, ByteBuffer data) {
        int length() {
            return data.limit();
        }
    }

    public CheckpointAssembler() {
        this(MAX_KEYS, CheckpointManifest.MAX_FILE_BYTES);
    }

    CheckpointAssembler(int maxKeys, long maxBytes) {
        this.maxKeys = maxKeys;
        this.maxBytes = maxBytes;
    }

    /**
     * Takes the next record in the order of the topic.
     *
     * <p>A tombstone of a part drops it; a tombstone of a manifest forgets the key, its last version included.
     *
     * @return the checkpoint, if this record was the manifest of one
     * @throws MalformedMessageException if this record is of no use. The next may be: nothing is lost but this one. The
     *     field is the part's key ({@code run/model/part-0003}) if a part that the manifest needs is missing, which is
     *     usual where compaction has removed it in favour of a newer version; {@code run/model.version} if an older
     *     version follows a newer one; {@code run/model.bytes} or {@code run/model.sha256} if the parts are all there
     *     but damaged
     */
    public Optional<Checkpoint> accept(ConsumerRecord<byte[], byte[]> record) throws MalformedMessageException {
        String key = key(record);
        Optional<CheckpointPart> part = CheckpointPart.parse(key);
        if (part.isPresent()) {
            hold(part.get(), record);
            return Optional.empty();
        }
        if (!Checkpoint.isKey(key)) {
            throw new MalformedMessageException("key", "'" + key + "' is not that of a checkpoint or a part of one");
        }
        if (record.value() == null) {
            release(key, Long.MAX_VALUE);
            delivered.remove(key);
            return Optional.empty();
        }
        return Optional.of(assemble(key, CheckpointManifest.decode(key, record.value())));
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) throws MalformedMessageException {
        if (record.key() == null) {
            throw new MalformedMessageException("key", "is missing");
        }
        // Whatever is not ASCII becomes a character that no key has.
        return new String(record.key(), StandardCharsets.US_ASCII);
    }

    private void hold(CheckpointPart part, ConsumerRecord<byte[], byte[]> record) throws MalformedMessageException {
        if (record.value() == null) {
            drop(part);
            return;
        }
        Part arrived = new Part(version(part, record), ByteBuffer.wrap(record.value()));
        drop(part);
        held.computeIfAbsent(part.key(), key -> new TreeMap<>()).put(part.index(), arrived);
        heldBytes += arrived.length();
        while (held.size() > maxKeys || heldBytes > maxBytes) {
            release(held.keySet().iterator().next(), Long.MAX_VALUE);
        }
        if (!held.containsKey(part.key())) {
            throw new MalformedMessageException(part.toString(), "makes more than " + maxBytes + " bytes of parts");
        }
    }

    private static long version(CheckpointPart part, ConsumerRecord<byte[], byte[]> record)
            throws MalformedMessageException {
        String field = part + "." + CheckpointCodec.VERSION_HEADER;
        Header header = record.headers().lastHeader(CheckpointCodec.VERSION_HEADER);
        if (header == null || header.value() == null) {
            throw new MalformedMessageException(field, "header is missing");
        }
        String text = new String(header.value(), StandardCharsets.US_ASCII);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new MalformedMessageException(field, "'" + text + "' is not an integer", e);
        }
    }

    private Checkpoint assemble(String key, CheckpointManifest manifest) throws MalformedMessageException {
        long last = delivered.getOrDefault(key, -1L);
        if (manifest.version() < last) {
            throw new MalformedMessageException(
                    key + ".version", manifest.version() + " comes after " + last + ", and versions only grow");
        }
        try {
            byte[] file = join(key, manifest);
            if (!Sha256.hex(file).equals(manifest.sha256())) {
                throw new MalformedMessageException(
                        key + ".sha256", "the parts of version " + manifest.version() + " have another SHA-256");
            }
            Checkpoint checkpoint =
                    new Checkpoint(key, manifest.version(), Safetensors.decode(file), manifest.sha256());
            deliver(checkpoint);
            return checkpoint;
        } finally {
            release(key, manifest.version());
        }
    }

    private byte[] join(String key, CheckpointManifest manifest) throws MalformedMessageException {
        Map<Integer, Part> parts = held.getOrDefault(key, new TreeMap<>());
        long bytes = 0;
        for (int i = 0; i < manifest.parts(); i++) {
            Part part = parts.get(i);
            if (part == null || part.version() != manifest.version()) {
                throw new MalformedMessageException(
                        new CheckpointPart(key, i).toString(), "version " + manifest.version() + " is missing");
            }
            bytes += part.length();
        }
        if (bytes != manifest.bytes()) {
            throw new MalformedMessageException(
                    key + ".bytes", "the parts have " + bytes + ", the manifest says " + manifest.bytes());
        }
        ByteBuffer file = ByteBuffer.allocate(manifest.bytes());
        for (int i = 0; i < manifest.parts(); i++) {
            file.put(parts.get(i).data().duplicate());
        }
        return file.array();
    }

    private void deliver(Checkpoint checkpoint) {
        delivered.put(checkpoint.key(), checkpoint.version());
        if (delivered.size() > MAX_DELIVERED_KEYS) {
            delivered.remove(delivered.keySet().iterator().next());
        }
    }

    private void drop(CheckpointPart part) {
        TreeMap<Integer, Part> parts = held.get(part.key());
        Part dropped = parts == null ? null : parts.remove(part.index());
        if (dropped != null) {
            heldBytes -= dropped.length();
        }
    }

    private void release(String key, long upToVersion) {
        TreeMap<Integer, Part> parts = held.getOrDefault(key, new TreeMap<>());
        parts.values().removeIf(part -> {
            boolean release = part.version() <= upToVersion;
            heldBytes -= release ? part.length() : 0;
            return release;
        });
        if (parts.isEmpty()) {
            held.remove(key);
        }
    }
}
