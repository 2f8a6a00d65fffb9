package sparsestream.trainer.session;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import sparsestream.trainer.learning.PartitionWork;

/** What a session does on one partition, from its assignment until it is revoked or lost. */
final class AssignedPartition implements AutoCloseable {
    private final TopicPartition partition;
    private final PartitionPublisher publisher;
    private final PartitionWork work;
    private final Consumer<byte[], byte[]> consumer;
    private final Progress progress;
    private final LongSupplier nanoTime;

    private long busyNanos;

    /** @param publisher closed with this */
    AssignedPartition(
            TopicPartition partition,
            PartitionPublisher publisher,
            Consumer<byte[], byte[]> consumer,
            Progress progress,
            LongSupplier nanoTime) {
        this.partition = partition;
        this.publisher = publisher;
        this.work = publisher.work();
        this.consumer = consumer;
        this.progress = progress;
        this.nanoTime = nanoTime;
        this.busyNanos = nanoTime.getAsLong();
    }

    PartitionWork work() {
        return work;
    }

    /** Whether all is published, and nothing is there to learn now. */
    boolean hasNothingToDo() {
        return !work.hasProgress() && (hasAll() || !work.takesRecords());
    }

    private boolean hasAll() {
        return consumer.currentLag(partition).orElse(1) == 0;
    }

    /**
     * Goes where the work goes on, which may be beyond records that were deleted.
     *
     * @param beginning offset of the first record that is left
     * @param end offset after the last one
     */
    void seek(long beginning, long end) {
        long lost = work.meet(beginning, end);
        if (lost > 0) {
            progress.lost(lost, partition, work.learner());
        }
        consumer.seek(partition, work.learner().nextOffset());
    }

    void learn(List<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (!work.takesRecords() || progress.isComplete()) {
                // It is read again once it may be learned.
                consumer.seek(partition, work.learner().nextOffset());
                return;
            }
            long start = nanoTime.getAsLong();
            progress.accepted(record, work.accept(record), work.learner(), nanoTime.getAsLong() - start);
            busyNanos = nanoTime.getAsLong();
        }
    }

    /** Goes on from what others have made, if it is time for that. */
    void takeOver() {
        if (work.takeOver()) {
            busyNanos = nanoTime.getAsLong();
        }
    }

    /** Whether a transaction that gives to others is due. */
    boolean isGiftDue() {
        return work.isGiftDue(hasAll() ? Duration.ofNanos(nanoTime.getAsLong() - busyNanos) : Duration.ZERO);
    }

    /** Reads on, or not while no records may be taken. */
    void regulate() {
        if (work.takesRecords()) {
            consumer.resume(List.of(partition));
        } else {
            consumer.pause(List.of(partition));
        }
    }

    void publish(PartitionWork.Transaction transaction) {
        long start = nanoTime.getAsLong();
        publisher.publish(transaction, consumer.groupMetadata());
        progress.published(transaction, work.learner(), nanoTime.getAsLong() - start);
    }

    @Override
    public void close() {
        publisher.close();
    }
}
