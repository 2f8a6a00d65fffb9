package sparsestream.merge;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Round;
import sparsestream.contract.Topics;
import sparsestream.kafka.BoundedRead;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.Reason;
import sparsestream.kafka.TopicLookup;
import sparsestream.trainer.TopicRange;
import sparsestream.trainer.learning.ModelSettings;

/** Makes the rounds of a run again, from their record on {@code model.rounds} and the batches. */
public final class RoundReplay {
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private final KafkaClients clients;
    private final Topics topics;
    private final String runId;
    private final int threads;

    /**
     * Connects nothing yet.
     *
     * @param threads that share the work of one step
     */
    public RoundReplay(Map<String, Object> kafka, Topics topics, String runId, int threads) {
        this.clients = new KafkaClients(kafka);
        this.topics = topics;
        this.runId = runId;
        this.threads = threads;
    }

    /** A round whose weights are not those of its record. */
    public record Difference(Round round, String weightsSha256) {}

    /**
     * Makes all rounds of a model again, up to the first that is not the same.
     *
     * @param settings of the model as the run had them
     * @param told of each round that is the same
     * @return the first that is not; empty if all are
     * @throws MergeException if there is no record, it does not follow from the batches that are there, or the cluster refuses
     */
    public Optional<Difference> replay(ModelSettings settings, Consumer<Round> told) {
        try {
            return replayed(settings, told);
        } catch (KafkaException e) {
            throw new MergeException(
                    "the rounds of %s/%s can't be made again: %s"
                            .formatted(runId, settings.name(), Reason.of(e, clients.userSettings())),
                    e);
        }
    }

    private Optional<Difference> replayed(ModelSettings settings, Consumer<Round> told) {
        List<Round> rounds = rounds(runId + "/" + settings.name());
        try (Batches batches = new Batches();
                ReplayedRun again = new ReplayedRun(settings, rounds, batches, threads)) {
            for (Round round : rounds) {
                String weightsSha256 = again.next(round);
                if (!weightsSha256.equals(round.weightsSha256())) {
                    return Optional.of(new Difference(round, weightsSha256));
                }
                told.accept(round);
            }
        }
        return Optional.empty();
    }

    private List<Round> rounds(String key) {
        TreeMap<Long, Round> rounds = new TreeMap<>();
        TopicPartition partition = new TopicPartition(topics.modelRounds().name(), 0);
        new TopicRange(partition, 0, end(partition)).read(clients, record -> {
            if (Round.isOf(record, key)) {
                Round round = decode(record);
                rounds.put(round.version(), round);
            }
        });
        if (rounds.isEmpty()) {
            throw new MergeException("there is no record of rounds of " + key);
        }
        if (rounds.lastKey() != rounds.size()) {
            throw new MergeException(
                    "of the %s rounds of %s there are records of %s".formatted(rounds.lastKey(), key, rounds.size()));
        }
        return List.copyOf(rounds.values());
    }

    private static Round decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Round.fromRecord(record);
        } catch (MalformedMessageException e) {
            throw new MergeException(
                    "the record of a round at offset %s is damaged (%s)".formatted(record.offset(), e.getMessage()), e);
        }
    }

    private long end(TopicPartition partition) {
        try (Admin admin = clients.admin("sparsestream-replay", ANSWER)) {
            if (TopicLookup.partitions(admin, partition.topic()).isEmpty()) {
                throw new MergeException("there is no topic " + partition.topic());
            }
            return TopicRange.end(admin, partition);
        }
    }

    /** One consumer, which goes from range to range. */
    private final class Batches implements ReplayedRun.Batches, AutoCloseable {
        private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;

        Batches() {
            consumer = clients.reader(Map.of(), Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none"));
        }

        @Override
        public void read(int number, long from, long to, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
            TopicPartition partition = new TopicPartition(topics.imageBatches().name(), number);
            try {
                new BoundedRead(consumer, TopicRange.SILENCE).read(partition, from, to, reader);
            } catch (OffsetOutOfRangeException e) {
                throw new MergeException(
                        "offsets %s to %s of %s are not all there any more".formatted(from, to - 1, partition), e);
            }
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
