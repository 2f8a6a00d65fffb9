package sparsestream.merge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Topic;

/**
 * Checkpoints in a state store, in the records in which they are on topics: so that no record of the changelog is larger than those
 * are. A value has the record's version before its bytes.
 */
final class CheckpointStore {
    private static final Topic NOWHERE = new Topic("store", 1, Map.of());
    private static final String PART = "/part-";

    private final KeyValueStore<String, byte[]> store;

    CheckpointStore(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    /** Keeps a part or a manifest as it came. */
    void put(String key, long version, byte[] value) {
        store.put(
                key,
                ByteBuffer.allocate(Long.BYTES + value.length)
                        .putLong(version)
                        .put(value)
                        .array());
    }

    void put(Checkpoint checkpoint) {
        for (ProducerRecord<byte[], byte[]> record : CheckpointCodec.encode(NOWHERE, checkpoint)) {
            put(new String(record.key(), StandardCharsets.US_ASCII), checkpoint.version(), record.value());
        }
    }

    /**
     * The checkpoint under a key; empty if there is no manifest of one.
     *
     * @throws MalformedMessageException if its parts are not those that the manifest needs
     */
    Optional<Checkpoint> get(String key) throws MalformedMessageException {
        byte[] manifest = store.get(key);
        if (manifest == null) {
            return Optional.empty();
        }
        CheckpointAssembler assembler = new CheckpointAssembler();
        for (int i = 0; store.get(part(key, i)) != null; i++) {
            assembler.accept(record(part(key, i), store.get(part(key, i))));
        }
        return assembler.accept(record(key, manifest));
    }

    /** Size of the parts under a key. */
    long bytes(String key) {
        long bytes = 0;
        for (int i = 0; store.get(part(key, i)) != null; i++) {
            bytes += store.get(part(key, i)).length - Long.BYTES;
        }
        return bytes;
    }

    void delete(String key) {
        store.delete(key);
        for (int i = 0; store.delete(part(key, i)) != null; i++) {
            // Until there is no more.
        }
    }

    /** Of all manifests that begin so. */
    List<String> keys(String prefix) {
        List<String> keys = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> {
                if (entry.key.startsWith(prefix) && !entry.key.contains(PART)) {
                    keys.add(entry.key);
                }
            });
        }
        return keys;
    }

    private static String part(String key, int index) {
        return String.format(Locale.ROOT, "%s%s%04d", key, PART, index);
    }

    private static ConsumerRecord<byte[], byte[]> record(String key, byte[] stored) {
        ByteBuffer value = ByteBuffer.wrap(stored);
        long version = value.getLong();
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        var record = new ConsumerRecord<>(NOWHERE.name(), 0, 0, key.getBytes(StandardCharsets.US_ASCII), bytes);
        record.headers()
                .add(CheckpointCodec.VERSION_HEADER, String.valueOf(version).getBytes(StandardCharsets.US_ASCII));
        return record;
    }

    /** The version that a record claims to be of. */
    static OptionalLong version(String key, Record<byte[], byte[]> record) {
        var consumed =
                new ConsumerRecord<>(NOWHERE.name(), 0, 0, key.getBytes(StandardCharsets.US_ASCII), record.value());
        record.headers().forEach(consumed.headers()::add);
        return CheckpointCodec.claimedVersion(consumed);
    }
}
