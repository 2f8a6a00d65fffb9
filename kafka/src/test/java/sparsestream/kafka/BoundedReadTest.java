package sparsestream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class BoundedReadTest {
    private static final TopicPartition A = new TopicPartition("topic", 0);
    private static final TopicPartition B = new TopicPartition("topic", 1);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final List<String> read = new ArrayList<>();

    @Test
    void recordsFromTheFirstOffsetToBeforeTheLastAreHandedOverInOrder() {
        onPoll(A, 1, 2, 3, 4);

        new BoundedRead(consumer, LONG).read(A, 1, 4, this::note);

        assertThat(read).containsExactly("0:1", "0:2", "0:3");
    }

    @Test
    void severalPartitionsAreReadUntilEachIsAtItsEnd() {
        onPoll(A, 0, 1);
        onPoll(B, 5);
        onPoll(A, 2);
        onPoll(B, 6, 7);

        new BoundedRead(consumer, LONG)
                .read(Map.of(A, new BoundedRead.Stretch(0, 2), B, new BoundedRead.Stretch(5, 8)), this::note);

        assertThat(read).containsExactlyInAnyOrder("0:0", "0:1", "1:5", "1:6", "1:7");
    }

    /** As at the end of every transaction. */
    @Test
    void offsetsThatHoldNoRecordArePassed() {
        consumer.schedulePollTask(() -> consumer.seek(A, 3));

        new BoundedRead(consumer, LONG).read(A, 0, 3, this::note);

        assertThat(read).isEmpty();
    }

    @Test
    void anEmptyStretchIsReadWithoutAsking() {
        new BoundedRead(consumer, Duration.ZERO).read(A, 7, 7, this::note);

        assertThat(read).isEmpty();
        assertThat(consumer.position(A)).isEqualTo(7);
    }

    @Test
    void theSameConsumerReadsOneStretchAfterAnother() {
        BoundedRead reader = new BoundedRead(consumer, LONG);
        onPoll(A, 0);
        reader.read(A, 0, 1, this::note);
        onPoll(A, 1);
        reader.read(A, 1, 2, this::note);

        assertThat(read).containsExactly("0:0", "0:1");
    }

    @Test
    void aStretchThatComesNoFurtherIsGivenUp() {
        onPoll(A, 0);

        assertThatThrownBy(() -> new BoundedRead(consumer, Duration.ofMillis(50)).read(A, 0, 2, this::note))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("topic-0 from offset 1");
        assertThat(read).containsExactly("0:0");
    }

    @Test
    void whoeverStopsDoesNotWait() {
        new BoundedRead(consumer, LONG, () -> true).read(A, 0, 2, this::note);

        assertThat(read).isEmpty();
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        read.add(record.partition() + ":" + record.offset());
    }

    private void onPoll(TopicPartition partition, long... offsets) {
        consumer.schedulePollTask(() -> {
            for (long offset : offsets) {
                // A partition that is read no further gives nothing more.
                if (!consumer.paused().contains(partition)) {
                    consumer.addRecord(new ConsumerRecord<>(
                            partition.topic(), partition.partition(), offset, new byte[0], new byte[0]));
                }
            }
        });
    }
}
