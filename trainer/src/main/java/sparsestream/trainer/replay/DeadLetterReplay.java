package sparsestream.trainer.replay;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.Topic;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.Reason;
import sparsestream.kafka.TopicLookup;
import sparsestream.trainer.TopicRange;
import sparsestream.trainer.TrainerException;

/**
 * Puts dead letters back onto the topic they came from, all of them in one transaction, and none that is back already: the
 * source topic itself tells, by the header {@link DeadLetter#REPLAYED_FROM}, for as long as it keeps the record.
 */
public final class DeadLetterReplay {
    private static final int MAX_REQUEST_BYTES = 2 * DeadLetter.MAX_VALUE_BYTES;
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private final KafkaClients clients;
    private final String source;
    private final String letters;

    /**
     * Which letters.
     *
     * @param partition of the dead letter topic; empty for all
     * @param from first offset
     * @param to last offset, inclusive
     */
    public record Range(OptionalInt partition, long from, long to) {
        public Range {
            if (from < 0 || to < from) {
                throw new IllegalArgumentException(
                        "--from-offset %s and --to-offset %s are no range".formatted(from, to));
            }
        }

        private boolean includes(TopicPartition candidate) {
            return partition.isEmpty() || partition.getAsInt() == candidate.partition();
        }
    }

    /**
     * Of one topic.
     *
     * @param kafka properties of every Kafka client
     * @param source the topic that letters are put back onto
     * @param letters its dead letter topic
     */
    public DeadLetterReplay(Map<String, Object> kafka, Topic source, Topic letters) {
        this.clients = new KafkaClients(kafka);
        this.source = source.name();
        this.letters = letters.name();
    }

    /**
     * Tells what would be put back.
     *
     * @param repaired a value to put back in place of a letter's own
     * @param listing takes a line for each record in the range
     * @return how many letters would be put back
     * @throws TrainerException if there is no dead letter topic, or nothing to put back onto, or the cluster refuses
     */
    public int preview(Range range, Optional<byte[]> repaired, Consumer<String> listing) {
        try (Admin admin = admin()) {
            return replay(admin, Optional.empty(), range, repaired, listing);
        } catch (KafkaException e) {
            throw refused(e);
        }
    }

    /**
     * Puts back what is in the range, or nothing if it fails. Of two at the same time the older one fails.
     *
     * @return how many letters were put back
     * @throws TrainerException as {@link #preview}, or if the transaction was not committed
     */
    public int run(Range range, Optional<byte[]> repaired, Consumer<String> listing) {
        try (Admin admin = admin();
                Producer<byte[], byte[]> producer = producer()) {
            // Before the source topic is read: what an older replay has not committed by now, it never will.
            producer.initTransactions();
            producer.beginTransaction();
            int count = replay(admin, Optional.of(producer), range, repaired, listing);
            producer.commitTransaction();
            return count;
        } catch (KafkaException e) {
            throw refused(e);
        }
    }

    private int replay(
            Admin admin,
            Optional<Producer<byte[], byte[]>> producer,
            Range range,
            Optional<byte[]> repaired,
            Consumer<String> listing) {
        LetterPlan plan = new LetterPlan(source, replayed(admin), repaired);
        int[] count = {0};
        partitions(admin, letters).forEach((partition, end) -> {
            if (range.includes(partition)) {
                TopicRange asked = new TopicRange(partition, range.from(), Math.min(end - 1, range.to()) + 1);
                asked.read(clients, record -> {
                    LetterPlan.Decision decision = plan.decide(record);
                    listing.accept(decision.line());
                    decision.back().ifPresent(back -> {
                        count[0]++;
                        producer.ifPresent(to -> send(to, back));
                    });
                });
            }
        });
        return count[0];
    }

    /** A transaction commits only if every record in it was written, so the future need not be looked at. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void send(Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        producer.send(record);
    }

    private Set<String> replayed(Admin admin) {
        Set<String> addresses = new HashSet<>();
        partitions(admin, source)
                .forEach((partition, end) -> new TopicRange(partition, 0, end).read(clients, record -> {
                    Header header = record.headers().lastHeader(DeadLetter.REPLAYED_FROM);
                    if (header != null && header.value() != null) {
                        addresses.add(new String(header.value(), StandardCharsets.UTF_8));
                    }
                }));
        return addresses;
    }

    /** The partitions of a topic and where each ends, open transactions counted. */
    private static Map<TopicPartition, Long> partitions(Admin admin, String topic) {
        Map<TopicPartition, Long> ends = new TreeMap<>(Comparator.comparingInt(TopicPartition::partition));
        TopicLookup.partitions(admin, topic)
                .orElseThrow(() -> new TrainerException("there is no topic " + topic))
                .forEach(partition -> ends.put(partition, TopicRange.end(admin, partition)));
        return ends;
    }

    private Admin admin() {
        return clients.admin("sparsestream-replay", ANSWER);
    }

    private Producer<byte[], byte[]> producer() {
        return clients.producer(
                Map.of(
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        ANSWER.toMillis(),
                        // A letter may unpack to much more than the record that it goes into.
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "zstd",
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        MAX_REQUEST_BYTES,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        MAX_REQUEST_BYTES),
                Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "sparsestream-replay-" + letters));
    }

    private TrainerException refused(KafkaException failure) {
        return new TrainerException(
                "cannot put letters of %s back: %s".formatted(letters, Reason.of(failure, clients.userSettings())),
                failure);
    }
}
