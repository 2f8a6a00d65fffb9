package sparsestream.trainer.learning;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import sparsestream.contract.Topic;
import sparsestream.trainer.learning.PartitionWork.Transaction;

/** Stands for Kafka in a simulation: what was committed, by whoever has the transactional id, and in which order. */
final class MemoryLog {
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

    /** Records that are there; changes with every commit and every compaction that removes one. */
    int size() {
        return records.size();
    }

    long groupOffset() {
        return groupOffset;
    }

    /** Of records with the same key, leaves the last. */
    void compact(Topic topic) {
        Set<String> seen = new HashSet<>();
        for (int i = records.size() - 1; i >= 0; i--) {
            ConsumerRecord<byte[], byte[]> record = records.get(i);
            if (record.topic().equals(topic.name())
                    && !seen.add(new String(record.key(), java.nio.charset.StandardCharsets.UTF_8))) {
                records.remove(i);
            }
        }
    }
}
