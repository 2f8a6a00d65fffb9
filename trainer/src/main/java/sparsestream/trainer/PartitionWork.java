package sparsestream.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.Contribution;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.MergePosition;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.model.StreamModel;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.trainer.Learner.Learned;
import sparsestream.trainer.Learner.Outcome;
import sparsestream.trainer.Learner.Rejected;
import sparsestream.trainer.Recovery.OnDataLoss;

/**
 * The work on one partition since the last transaction, and what the next one holds: the learner's state, the public checkpoint,
 * the rejected records, the events and the group's offset. No Kafka client, no clock.
 */
final class PartitionWork implements AutoCloseable {
    /** Rejected records wait for the next transaction; beyond so many bytes one is due at once. */
    private static final long MAX_PENDING_BYTES = 16 << 20;

    /**
     * What becomes visible together or not at all.
     *
     * @param records in the order in which they are to be sent
     * @param nextOffset that the group commits
     * @param model as it is now
     * @param evaluation of the model or of what it was a while ago; empty where there is none yet
     * @param objection why the model is not published, though its state is; empty if it is
     */
    record Transaction(
            List<ProducerRecord<byte[], byte[]>> records,
            long nextOffset,
            PublishedModel model,
            Optional<Evaluation> evaluation,
            Optional<String> objection) {}

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
     * @param partitions of the topic
     */
    static PartitionWork begin(TrainerConfig config, int partition, int partitions, long offset, long version) {
        Optional<RoundProgress> round = config.newRound(partition, partitions);
        StreamModel model = round.isPresent()
                ? config.model().createReplica(config.threads(), partition)
                : config.model().create(config.threads());
        round.ifPresent(first -> first.begin(model, offset));
        Learner learner = new Learner(config.model(), model, config.newWatch(), round, offset, offset, version);
        return new PartitionWork(config, partition, learner);
    }

    /**
     * From where a transaction left it.
     *
     * @param partitions of the topic
     * @throws TrainerException if it is not the state of such a model
     */
    static PartitionWork resume(TrainerConfig config, int partition, int partitions, Checkpoint state) {
        try {
            Learner learner = LearnerCodec.decodeState(
                    state, config.model(), config.newWatch(), config.newRound(partition, partitions), config.threads());
            return new PartitionWork(config, partition, learner);
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
    PartitionWork notBehind(long groupOffset) {
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

    Outcome accept(ConsumerRecord<byte[], byte[]> record) {
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
    long meet(long beginning, long end) {
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

    Learner learner() {
        return learner;
    }

    /** Whether a record may be taken now: not while a contribution is due, or waited for. */
    boolean takesRecords() {
        return learner.round()
                .map(round -> !round.isWaiting() && !round.isFull())
                .orElse(true);
    }

    /** Whether a contribution is due now. */
    boolean mustContribute() {
        return learner.round().filter(RoundProgress::isFull).isPresent();
    }

    /** Whether there is anything to contribute, now or later. */
    boolean canContribute() {
        return learner.round().filter(RoundProgress::hasBatches).isPresent();
    }

    /** Whether there is anything that the last transaction did not publish. */
    boolean hasProgress() {
        return learner.nextOffset() > committedOffset;
    }

    /** Whether a transaction is due whatever the time. */
    boolean mustPublish() {
        return deadLetterBytes > MAX_PENDING_BYTES || evaluated;
    }

    /**
     * Starts a round from a merged model, if that is one to start from now.
     *
     * @return whether it did
     * @throws TrainerException if the model is not one of this run as it is set up here
     */
    boolean adopt(MergedModel merged) {
        RoundProgress round = learner.round().orElseThrow();
        MergePosition position = merged.position();
        SavedSettings.objection(position.settings(), config.model().settings()).ifPresent(objection -> {
            throw new TrainerException("the merged model of %s was learned %s; give those, or another --run-id"
                    .formatted(config.checkpointKey(), objection));
        });
        if (position.every() != round.every() || position.partitions() != round.partitions()) {
            throw new TrainerException(
                    "the merged model of %s has rounds of %s batches of %s partitions, asked for are rounds of %s of %s; give those, or another --run-id"
                            .formatted(
                                    config.checkpointKey(),
                                    position.every(),
                                    position.partitions(),
                                    round.every(),
                                    round.partitions()));
        }
        try {
            return learner.adopt(merged);
        } catch (IllegalArgumentException e) {
            throw new TrainerException(
                    "the merged model of %s can't be used: %s".formatted(config.checkpointKey(), e.getMessage()), e);
        }
    }

    /** Everything since the last time. */
    Transaction transaction() {
        return transaction(List.of());
    }

    /** Everything since the last time, and what was learned in the round; from then on this waits for {@link #adopt}. */
    Transaction contribution() {
        Contribution contribution = learner.contribute();
        Checkpoint checkpoint =
                new Checkpoint(config.stateKey(partition), contribution.share().number(), contribution.encode());
        Topics topics = config.topics();
        return transaction(CheckpointCodec.encode(
                topics.modelContributions(), topics.contributionPartition(config.checkpointKey()), checkpoint));
    }

    private Transaction transaction(List<ProducerRecord<byte[], byte[]>> contribution) {
        long version = learner.version() + 1;
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(deadLetters);
        records.addAll(contribution);
        Safetensors state = LearnerCodec.encodeState(learner, version);
        records.addAll(encode(config.topics().trainerState(), config.stateKey(partition), version, state));
        PublishedModel published = LearnerCodec.publish(learner);
        Optional<String> objection = learner.watch().objection(learner.model());
        Optional<Evaluation> evaluation = learner.watch().lastEvaluation();
        objection.ifPresent(reason -> events.refused(evaluation.orElseThrow(), reason));
        boolean isPublic = learner.round().isEmpty() && objection.isEmpty();
        if (partition == 0 && isPublic) {
            records.addAll(
                    encode(config.topics().modelCheckpoints(), config.checkpointKey(), version, published.encode()));
        }
        records.addAll(events.records(version, published, evaluation, isPublic));
        return new Transaction(records, learner.nextOffset(), published, evaluation, objection);
    }

    private static List<ProducerRecord<byte[], byte[]>> encode(
            Topic topic, String key, long version, Safetensors contents) {
        return CheckpointCodec.encode(topic, new Checkpoint(key, version, contents));
    }

    /** The transaction was committed. */
    void committed() {
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
