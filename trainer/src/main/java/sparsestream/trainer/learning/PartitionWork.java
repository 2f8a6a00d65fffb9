package sparsestream.trainer.learning;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Topic;
import sparsestream.model.StreamModel;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.learning.Learner.Learned;
import sparsestream.trainer.learning.Learner.Outcome;
import sparsestream.trainer.learning.Learner.Rejected;
import sparsestream.trainer.learning.Recovery.OnDataLoss;
import sparsestream.trainer.watch.Notice;

/**
 * The work on one partition since the last transaction, and what the next one holds: the learner's state, the public checkpoint,
 * the rejected records, the events and the group's offset. No Kafka client, no clock.
 */
public final class PartitionWork implements AutoCloseable {
    /** Rejected records wait for the next transaction; beyond so many bytes one is due at once. */
    private static final long MAX_PENDING_BYTES = 16 << 20;

    /**
     * What becomes visible together or not at all.
     *
     * @param records in the order in which they are to be sent
     * @param nextOffset that the group commits
     * @param model as it is now
     * @param evaluation of the model or of what it was a while ago; empty where there is none yet
     * @param refusal of the model, whose state is published all the same; empty if the model is too
     */
    public record Transaction(
            List<ProducerRecord<byte[], byte[]>> records,
            long nextOffset,
            PublishedModel model,
            Optional<Evaluation> evaluation,
            Optional<Notice.Refused> refusal) {}

    private final TrainerConfig config;
    private final int partition;
    private final Learner learner;
    private final EventLog events;
    private final List<ProducerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();
    private long deadLetterBytes;
    private long committedOffset;
    /** Whether the model has been evaluated since: it need not be for the next transaction, if that is now. */
    private boolean evaluated;

    private PartitionWork(TrainerConfig config, int partition, Learner learner) {
        this.config = config;
        this.partition = partition;
        this.learner = learner;
        this.events = new EventLog(config, partition);
        this.committedOffset = learner.nextOffset();
    }

    /**
     * With a new model from {@code offset} on; the first checkpoint has the version after {@code version}.
     *
     * @param role a new one
     */
    public static PartitionWork begin(TrainerConfig config, Role role, int partition, long offset, long version) {
        StreamModel model = role.create(config.model(), config.threads());
        role.begin(model, offset);
        Learner learner = new Learner(config.model(), model, config.newWatch(), role, offset, offset, version);
        return new PartitionWork(config, partition, learner);
    }

    /**
     * From where a transaction left it.
     *
     * @param role a new one
     * @throws TrainerException if it is not the state of such a model
     */
    public static PartitionWork resume(TrainerConfig config, Role role, int partition, Checkpoint state) {
        try {
            Learner learner = LearnerCodec.decodeState(
                    state,
                    config.model(),
                    config.newWatch(),
                    role,
                    config.threads(),
                    config.recovery().acceptChanges());
            PartitionWork work = new PartitionWork(config, partition, learner);
            learner.change().ifPresent(work.events::changed);
            return work;
        } catch (MalformedMessageException e) {
            throw new TrainerException(
                    "the state of %s can't be used (%s); %s"
                            .formatted(state.key(), e.getMessage(), TrainerException.ADVICE),
                    e);
        }
    }

    /**
     * This, unless the group has committed an offset beyond its state; every transaction has both.
     *
     * @throws TrainerException if the state is older than what the group committed, or gone
     */
    public PartitionWork notBehind(long groupOffset) {
        if (learner.nextOffset() < groupOffset) {
            close();
            throw new TrainerException(
                    "the state of %s is not the last that was committed: it is at offset %s of %s, the group %s at %s; %s"
                            .formatted(
                                    config.stateKey(partition),
                                    learner.nextOffset(),
                                    name(),
                                    config.group(),
                                    groupOffset,
                                    TrainerException.ADVICE));
        }
        return this;
    }

    public Outcome accept(ConsumerRecord<byte[], byte[]> record) {
        Outcome outcome = learner.accept(record);
        if (outcome instanceof Rejected rejected) {
            deadLetters.add(DeadLetter.of(config.topics().deadLetters(), record, rejected.reason()));
            deadLetterBytes += Math.max(0, record.serializedValueSize());
            events.rejected(record, rejected.reason());
        } else if (outcome instanceof Learned learned) {
            events.learned(record, learned.losses().byName());
            learned.notices().forEach(this::noticed);
        }
        return outcome;
    }

    private void noticed(Notice notice) {
        events.noticed(notice);
        evaluated |= notice instanceof Notice.Accepted || notice instanceof Notice.Refused;
    }

    /**
     * Meets the records that are left in the partition, {@code [beginning, end)}.
     *
     * @return how many were deleted before they were learned
     * @throws TrainerException if some were and the settings don't allow that, or if the partition ends before what was learned
     */
    public long meet(long beginning, long end) {
        long next = learner.nextOffset();
        if (next > end) {
            throw new TrainerException(
                    "%s has learned up to offset %s of %s, which ends at %s: it is another topic than it was; %s"
                            .formatted(config.stateKey(partition), next, name(), end, TrainerException.ADVICE));
        }
        if (next < beginning && config.recovery().onDataLoss() == OnDataLoss.STOP) {
            throw new TrainerException(
                    "%s records of %s, offsets %s to %s, were deleted before %s learned them; --on-data-loss continue goes on without them"
                            .formatted(beginning - next, name(), next, beginning - 1, config.stateKey(partition)));
        }
        long lost = learner.skipTo(beginning);
        if (lost > 0) {
            events.lost(next, beginning);
        }
        return lost;
    }

    private String name() {
        return config.topics().imageBatches().name() + "-" + partition;
    }

    public Learner learner() {
        return learner;
    }

    /** Whether a record may be taken now. */
    public boolean takesRecords() {
        return learner.role().takesRecords();
    }

    /**
     * Whether a transaction {@link #giving} to others is due.
     *
     * @param idle for how long there have been no records to learn; zero while there are some
     */
    public boolean isGiftDue(Duration idle) {
        return learner.role().isDue(idle);
    }

    /** Whether there is anything that the last transaction did not publish. */
    public boolean hasProgress() {
        return learner.nextOffset() > committedOffset;
    }

    /** Whether a transaction is due whatever the time. */
    public boolean mustPublish() {
        return deadLetterBytes > MAX_PENDING_BYTES || evaluated;
    }

    /**
     * Goes on from what others have made, if there is such a thing and it is time for that.
     *
     * @return whether it does
     * @throws TrainerException if that is not of this run as it is set up here
     */
    public boolean takeOver() {
        return learner.role().takeOver(learner.model(), learner.nextOffset());
    }

    /** Everything since the last time. */
    public Transaction transaction() {
        return transaction(List.of());
    }

    /** Everything since the last time, and what there is to give to others. */
    public Transaction giving() {
        return transaction(learner.role().give(learner.model(), learner.nextOffset()));
    }

    private Transaction transaction(List<ProducerRecord<byte[], byte[]>> gift) {
        long version = learner.version() + 1;
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(deadLetters);
        records.addAll(gift);
        Safetensors state = LearnerCodec.encodeState(learner, version);
        records.addAll(encode(config.topics().trainerState(), config.stateKey(partition), version, state));
        PublishedModel published = LearnerCodec.publicModel(learner);
        Optional<Notice.Refused> refusal = learner.watch().refusal(learner.model());
        Optional<Evaluation> evaluation = learner.watch().lastEvaluation();
        refusal.ifPresent(events::noticed);
        boolean isPublic = learner.role().isPublic() && refusal.isEmpty();
        if (partition == 0 && isPublic) {
            records.addAll(
                    encode(config.topics().modelCheckpoints(), config.checkpointKey(), version, published.encode()));
        }
        records.addAll(events.records(version, published, evaluation, isPublic));
        return new Transaction(records, learner.nextOffset(), published, evaluation, refusal);
    }

    private static List<ProducerRecord<byte[], byte[]>> encode(
            Topic topic, String key, long version, Safetensors contents) {
        return CheckpointCodec.encode(topic, new Checkpoint(key, version, contents));
    }

    /** The transaction was committed. */
    public void committed() {
        learner.published();
        committedOffset = learner.nextOffset();
        deadLetters.clear();
        events.clear();
        deadLetterBytes = 0;
        evaluated = false;
    }

    @Override
    public void close() {
        learner.close();
    }
}
