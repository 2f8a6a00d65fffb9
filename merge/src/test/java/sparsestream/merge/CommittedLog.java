package sparsestream.merge;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import sparsestream.contract.Topic;
import sparsestream.trainer.learning.PartitionWork.Transaction;

/** Stands for Kafka in a simulation of one partition: what was committed, by whoever had the transactional id then. */
final class CommittedLog {
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private long groupOffset;
    private int epoch;

    /** Takes the transactional id over; who had it before can commit no more. */
    int fence() {
        return ++epoch;
    }

    /** Makes all of a transaction visible, or nothing if its producer has been fenced. */
    boolean commit(int producerEpoch, Transaction transaction) {
        if (producerEpoch != epoch) {
            return false;
        }
        for (ProducerRecord<byte[], byte[]> record : transaction.records()) {
            var committed = new ConsumerRecord<>(record.topic(), 0, records.size(), record.key(), record.value());
            record.headers().forEach(committed.headers()::add);
            records.add(committed);
        }
        groupOffset = transaction.nextOffset();
        return true;
    }

    List<ConsumerRecord<byte[], byte[]>> read(Topic topic) {
        return records.stream()
                .filter(record -> record.topic().equals(topic.name()))
                .toList();
    }

    long groupOffset() {
        return groupOffset;
    }
}
