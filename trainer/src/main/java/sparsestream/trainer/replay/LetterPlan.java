package sparsestream.trainer.replay;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.MalformedMessageException;

/**
 * Decides what becomes of each record of the dead letter topic that is asked for: a pure function of the record and of what
 * was put back before.
 *
 * @param sourceTopic the one topic that letters are put back onto, whatever their headers say
 * @param replayed {@link DeadLetter#address} of the letters that are back already
 * @param repaired the value to put back in place of a letter's own
 */
record LetterPlan(String sourceTopic, Set<String> replayed, Optional<byte[]> repaired) {
    /**
     * What becomes of a record.
     *
     * @param line for the user
     * @param back what to send; empty if there is nothing to do
     */
    record Decision(String line, Optional<ProducerRecord<byte[], byte[]>> back) {}

    Decision decide(ConsumerRecord<byte[], byte[]> record) {
        String address = DeadLetter.address(record);
        try {
            DeadLetter letter = DeadLetter.read(record);
            String line = "%s from %s-%s@%s: %s: %s"
                    .formatted(
                            address,
                            letter.topic(),
                            letter.partition(),
                            letter.offset(),
                            letter.errorClass().substring(letter.errorClass().lastIndexOf('.') + 1),
                            letter.errorMessage());
            if (!letter.topic().equals(sourceTopic)) {
                return leave(line, "not put back: it is not from " + sourceTopic);
            }
            if (replayed.contains(address)) {
                return leave(line, "was put back before");
            }
            if (letter.valueOmitted() && repaired.isEmpty()) {
                return leave(line, "not put back: its value was too large for a letter");
            }
            return new Decision(line, Optional.of(letter.putBack(record, repaired.orElse(record.value()))));
        } catch (MalformedMessageException e) {
            return leave(address, "not put back: no dead letter: " + e.getMessage());
        }
    }

    private static Decision leave(String line, String why) {
        return new Decision(line + " [" + why + "]", Optional.empty());
    }
}
