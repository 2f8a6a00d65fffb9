package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamEndTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

    @BeforeEach
    void describeTopic() {
        Node[] nodes = {};
        consumer.updatePartitions("t", List.of(new PartitionInfo("t", 0, null, nodes, nodes)));
        topicFrom(0, 0);
    }

    @AfterEach
    void close() {
        consumer.close();
    }

    @Test
    void anEmptyTopicStartsAtTheBeginning() {
        assertThat(nextPosition()).isZero();
    }

    @Test
    void aTopicThatIsNotYetKnownIsNoEmptyTopic() {
        assertThatThrownBy(() -> end().next("unknown", "mnist", 1, 128))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("unknown");
    }

    @Test
    void theStreamGoesOnAfterItsLastBatch() {
        topicFrom(0, 3);
        records(List.of(
                batch(0, new BatchOrigin("mnist", 1, 0, 128)),
                batch(1, new BatchOrigin("mnist", 1, 128, 128)),
                batch(2, new BatchOrigin("mnist", 1, 256, 44))));

        assertThat(nextPosition()).isEqualTo(300);
    }

    @Test
    void recordsOfOthersAfterItDoNotHideIt() {
        topicFrom(0, 4);
        records(List.of(
                batch(0, new BatchOrigin("mnist", 1, 512, 128)),
                record(1, new RecordHeaders()),
                batch(2, new BatchOrigin("mnist", 2, 9_000, 128)),
                batch(3, new BatchOrigin("drawn", 1, 9_000, 128))));

        assertThat(nextPosition()).isEqualTo(640);
    }

    @Test
    void onlyTheTopicsEndIsRead() {
        topicFrom(0, 100);
        consumer.schedulePollTask(() -> {
            assertThat(consumer.position(PARTITION)).isEqualTo(68);
            consumer.addRecord(batch(99, new BatchOrigin("mnist", 1, 99 * 128, 128)));
        });

        assertThat(nextPosition()).isEqualTo(100 * 128);
    }

    @Test
    void whatRetentionDeletedIsNotWaitedFor() {
        topicFrom(98, 100);
        consumer.schedulePollTask(() -> {
            assertThat(consumer.position(PARTITION)).isEqualTo(98);
            consumer.addRecord(batch(99, new BatchOrigin("mnist", 1, 99 * 128, 128)));
        });

        assertThat(nextPosition()).isEqualTo(100 * 128);
    }

    @Test
    void whatAPartitionLacksComesFirst() {
        topicOf(3, List.of(2L, 1L, 0L));
        records(List.of(
                batch(0, 0, new BatchOrigin("mnist", 1, 0, 10)),
                batch(0, 1, new BatchOrigin("mnist", 1, 30, 10)),
                batch(1, 0, new BatchOrigin("mnist", 1, 10, 10))));

        Turns turns = turns(10);
        assertThat(turns.next()).containsExactly(60L, 40L, 20L);
        assertThat(turns.first()).isEqualTo(20);
        assertThat(turns.images()).isEqualTo(30);
        assertThat(turns.has(20)).isFalse();
        assertThat(turns.has(30)).isTrue();
        assertThat(turns.has(40)).isFalse();
    }

    @Test
    void batchesOfAnotherSizeAreGoneOnAfter() {
        topicOf(2, List.of(1L, 1L));
        records(List.of(
                batch(0, 0, new BatchOrigin("mnist", 1, 0, 10)), batch(1, 0, new BatchOrigin("mnist", 1, 10, 10))));

        assertThat(turns(30).next()).containsExactly(20L, 20L);
    }

    @Test
    void aPartitionThatOnlyOthersWriteToIsNotFilledFromTheBeginning() {
        topicOf(2, List.of(1L, 1L));
        records(List.of(
                batch(0, 0, new BatchOrigin("mnist", 1, 400, 10)), batch(1, 0, new BatchOrigin("drawn", 1, 10, 10))));

        assertThat(turns(10).next()).containsExactly(420L, 410L);
    }

    /** Of which there may be any number: whoever pleases writes batches too. */
    @Test
    void aThousandRecordsOfOthersAfterItDoNotHideIt() {
        topicFrom(0, 1_001);
        holds(batch(0, new BatchOrigin("mnist", 1, 512, 128)), 1_001);

        assertThat(nextPosition()).isEqualTo(640);
    }

    @Test
    void aStreamThatHasNeverBeenOnTheTopicIsSoughtToItsBeginningAndStartsAnew() {
        topicFrom(500, 1_000);
        holds(record(500, new RecordHeaders()), 1_000);

        assertThat(nextPosition()).isZero();
        assertThat(soughtFrom).isEqualTo(500);
    }

    @Test
    void aStreamIsNotSoughtForEver() {
        topicFrom(0, 1_000_000_000L);
        endsAtOnce(1_000_000_000L);

        assertThat(nextPosition()).isZero();
        assertThat(soughtFrom).isEqualTo(1_000_000_000L - 200_000);
    }

    @Test
    void anEndThatDoesNotComeIsAnError() {
        topicFrom(0, 3);

        assertThatThrownBy(this::nextPosition)
                .isInstanceOf(TimeoutException.class)
                .hasMessage("nothing comes for 1 s of t-0 from offset 0");
    }

    private long nextPosition() {
        return turns(128).first();
    }

    private Turns turns(int batchSize) {
        return end().next("t", "mnist", 1, batchSize);
    }

    private StreamEnd end() {
        return new StreamEnd(consumer, Duration.ofSeconds(1), () -> false);
    }

    private void topicFrom(long first, long end) {
        consumer.updateBeginningOffsets(Map.of(PARTITION, first));
        consumer.updateEndOffsets(Map.of(PARTITION, end));
    }

    private void topicOf(int partitions, List<Long> ends) {
        Node[] nodes = {};
        consumer.updatePartitions(
                "t",
                IntStream.range(0, partitions)
                        .mapToObj(partition -> new PartitionInfo("t", partition, null, nodes, nodes))
                        .toList());
        for (int partition = 0; partition < partitions; partition++) {
            consumer.updateBeginningOffsets(Map.of(new TopicPartition("t", partition), 0L));
            consumer.updateEndOffsets(Map.of(new TopicPartition("t", partition), ends.get(partition)));
        }
    }

    private long soughtFrom = Long.MAX_VALUE;

    /** One record and, up to the end, records of others. */
    private void holds(ConsumerRecord<byte[], byte[]> first, long end) {
        consumer.schedulePollTask(() -> {
            long from = consumer.position(PARTITION);
            soughtFrom = Math.min(soughtFrom, from);
            for (long offset = from; offset < end; offset++) {
                consumer.addRecord(offset == first.offset() ? first : record(offset, new RecordHeaders()));
            }
            holds(first, end);
        });
    }

    /** Nothing but offsets without a record, as of transaction markers. */
    private void endsAtOnce(long end) {
        consumer.schedulePollTask(() -> {
            soughtFrom = Math.min(soughtFrom, consumer.position(PARTITION));
            consumer.seek(PARTITION, end);
            endsAtOnce(end);
        });
    }

    private void records(List<ConsumerRecord<byte[], byte[]>> records) {
        consumer.schedulePollTask(() -> records.forEach(consumer::addRecord));
    }

    private static ConsumerRecord<byte[], byte[]> batch(long offset, BatchOrigin origin) {
        return batch(0, offset, origin);
    }

    private static ConsumerRecord<byte[], byte[]> batch(int partition, long offset, BatchOrigin origin) {
        RecordHeaders headers = new RecordHeaders();
        origin.addTo(headers);
        return record(partition, offset, headers);
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, RecordHeaders headers) {
        return record(0, offset, headers);
    }

    private static ConsumerRecord<byte[], byte[]> record(int partition, long offset, RecordHeaders headers) {
        return new ConsumerRecord<>(
                "t",
                partition,
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                new byte[0],
                headers,
                Optional.empty());
    }
}
