package sparsestream.trainer;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import sparsestream.kafka.Answers;
import sparsestream.kafka.BoundedRead;
import sparsestream.kafka.KafkaClients;

/**
 * A stretch of a partition.
 *
 * @param from first offset
 * @param to last offset, exclusive
 */
public record TopicRange(TopicPartition partition, long from, long to) {
    /** Transactions end after a minute unless told otherwise, and brokers look for those every ten seconds. */
    public static final Duration SILENCE = Duration.ofMinutes(2);

    /** One partition is read from end to end, so it may fill a fetch. */
    private static final int FETCH_BYTES = 32 << 20;

    /** Where a partition ends, open transactions counted. */
    public static long end(Admin admin, TopicPartition partition) {
        return Answers.await(admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                        .partitionResult(partition))
                .offset();
    }

    /**
     * Hands over what is committed in the range and still there, once transactions that are open in it have ended.
     *
     * @throws TimeoutException if nothing comes for longer than transactions may stay open
     */
    public void read(KafkaClients clients, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        if (from >= to) {
            return;
        }
        try (var consumer = clients.reader(
                Map.of(),
                Map.of(
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                        FETCH_BYTES,
                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                        FETCH_BYTES))) {
            new BoundedRead(consumer, SILENCE).read(partition, from, to, reader);
        }
    }
}
