package sparsestream.trainer.session;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import sparsestream.monitoring.Metrics;
import sparsestream.trainer.learning.PartitionWork;

/** Publishes the {@link PartitionWork} of one partition in Kafka transactions. */
final class PartitionPublisher implements AutoCloseable {
    private final TopicPartition partition;
    private final Producer<byte[], byte[]> producer;
    private final PartitionWork work;
    private final Metrics.Binding meters;

    /**
     * Publishes with a producer that has taken the partition's transactional id over.
     *
     * @param producer closed with this
     * @param work closed with this
     * @param metrics shows the meters of the producer until it is closed
     */
    PartitionPublisher(
            TopicPartition partition, Producer<byte[], byte[]> producer, PartitionWork work, Metrics metrics) {
        this.partition = partition;
        this.producer = producer;
        this.work = work;
        this.meters = metrics.bind(producer);
    }

    PartitionWork work() {
        return work;
    }

    /**
     * Makes a transaction of the work visible.
     *
     * @throws KafkaException if it was not committed; this instance is then of no more use
     */
    void publish(PartitionWork.Transaction transaction, ConsumerGroupMetadata group) {
        AtomicReference<KafkaException> refusal = new AtomicReference<>();
        try {
            producer.beginTransaction();
            transaction.records().forEach(record -> send(record, refusal));
            producer.sendOffsetsToTransaction(
                    Map.of(partition, new OffsetAndMetadata(transaction.nextOffset())), group);
            producer.commitTransaction();
        } catch (KafkaException e) {
            throw named(e, refusal.get());
        }
        work.committed();
    }

    /**
     * After a record was refused the client says of all else only that it is in an error state, or the refusal again without the
     * topic's name.
     */
    private static KafkaException named(KafkaException failure, KafkaException refusal) {
        if (refusal == null) {
            return failure;
        }
        boolean vague = failure.getClass() == KafkaException.class;
        boolean again = refusal.getCause() != null
                && failure.getClass() == refusal.getCause().getClass();
        return vague || again ? refusal : failure;
    }

    /** A transaction commits only if every record in it was written, so the futures need not be looked at. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(ProducerRecord<byte[], byte[]> record, AtomicReference<KafkaException> refusal) {
        producer.send(record, (metadata, failure) -> {
            if (failure != null) {
                refusal.compareAndSet(
                        null,
                        failure instanceof RecordTooLargeException || !(failure instanceof KafkaException specific)
                                ? new KafkaException(
                                        "topic %s refuses a record: %s".formatted(record.topic(), failure.getMessage()),
                                        failure)
                                : specific);
            }
        });
    }

    @Override
    public void close() {
        work.close();
        meters.close();
        // What is not committed is void, so there is nothing to wait for.
        producer.close(Duration.ZERO);
    }
}
