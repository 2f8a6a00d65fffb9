package sparsestream.contract;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A checkpoint as records that every broker accepts: parts of one safetensors file, then the manifest that makes them
 * count. {@link CheckpointAssembler} reads them.
 */
public final class CheckpointCodec {
    /** The header of every record that says which version it is of. */
    public static final String VERSION_HEADER = "version";

    static final int MAX_PART_BYTES = 900_000;

    /** The parts of a checkpoint precede its manifest only within one partition: this, unless told otherwise. */
    private static final int PARTITION = 0;

    private CheckpointCodec() {}

    /**
     * The records, to be sent in this order and in one transaction. A part has the key {@code KEY/part-0007}, the
     * manifest {@code KEY}; all go to partition 0. Parts that only an earlier, longer version had stay in the topic and
     * are ignored.
     *
     * @throws IllegalArgumentException if the file takes more than 1 GiB, its metadata more than 900,000 bytes, or the
     *     contents were read from a file that this version of the codec would write differently
     */
    public static List<ProducerRecord<byte[], byte[]>> encode(Topic topic, Checkpoint checkpoint) {
        return encode(topic, PARTITION, checkpoint);
    }

    /**
     * The same in another partition.
     *
     * @throws IllegalArgumentException as above
     */
    public static List<ProducerRecord<byte[], byte[]>> encode(Topic topic, int partition, Checkpoint checkpoint) {
        byte[] file = checkpoint.contents().encode();
        if (file.length > CheckpointManifest.MAX_FILE_BYTES) {
            throw new IllegalArgumentException("checkpoint of " + file.length + " bytes");
        }
        if (!Sha256.hex(file).equals(checkpoint.sha256())) {
            throw new IllegalArgumentException(checkpoint.key() + " does not encode to its SHA-256");
        }
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int from = 0; from < file.length; from += MAX_PART_BYTES) {
            String key = new CheckpointPart(checkpoint.key(), records.size()).toString();
            byte[] part = Arrays.copyOfRange(file, from, Math.min(file.length, from + MAX_PART_BYTES));
            records.add(record(topic, partition, checkpoint, key, part));
        }
        records.add(manifest(topic, partition, checkpoint, records.size(), file.length));
        return records;
    }

    /** The version that a part or a manifest claims to be of, whether or not it can be put together; empty if it claims none. */
    public static OptionalLong claimedVersion(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || record.value() == null) {
            return OptionalLong.empty();
        }
        String key = new String(record.key(), StandardCharsets.US_ASCII);
        try {
            return OptionalLong.of(
                    CheckpointPart.parse(key).isPresent()
                            ? new HeaderFields(record.headers()).integer(VERSION_HEADER)
                            : CheckpointManifest.decode(key, record.value()).version());
        } catch (MalformedMessageException e) {
            return OptionalLong.empty();
        }
    }

    private static ProducerRecord<byte[], byte[]> manifest(
            Topic topic, int partition, Checkpoint checkpoint, int parts, int bytes) {
        byte[] value = new CheckpointManifest(checkpoint.version(), parts, bytes, checkpoint.sha256())
                .encode(checkpoint.contents().metadata());
        if (value.length > MAX_PART_BYTES) {
            throw new IllegalArgumentException("manifest of " + value.length + " bytes");
        }
        return record(topic, partition, checkpoint, checkpoint.key(), value);
    }

    private static ProducerRecord<byte[], byte[]> record(
            Topic topic, int partition, Checkpoint checkpoint, String key, byte[] value) {
        var record = new ProducerRecord<>(topic.name(), partition, key.getBytes(StandardCharsets.UTF_8), value);
        new HeaderFields(record.headers()).add(VERSION_HEADER, checkpoint.version());
        return record;
    }
}
