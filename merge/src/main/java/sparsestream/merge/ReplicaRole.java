package sparsestream.merge;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.Contribution;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.MergePosition;
import sparsestream.contract.Metadata;
import sparsestream.contract.Topics;
import sparsestream.model.Settings;
import sparsestream.model.StreamModel;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.Role;
import sparsestream.trainer.learning.SavedSettings;
import sparsestream.trainer.learning.TrainerConfig;

/** The part of a replica: it learns the batches of a round, gives what has changed, and goes on once that is merged. */
final class ReplicaRole implements Role {
    private final TrainerConfig config;
    private final Duration roundTimeout;
    private final RoundProgress round;
    private final Supplier<Optional<MergedModel>> newest;

    /**
     * A replica before its first batch.
     *
     * @param roundTimeout after which one that gets no more batches gives what it has
     * @param newest merged model
     */
    ReplicaRole(
            TrainerConfig config, Duration roundTimeout, RoundProgress round, Supplier<Optional<MergedModel>> newest) {
        this.config = config;
        this.roundTimeout = roundTimeout;
        this.round = round;
        this.newest = newest;
    }

    @Override
    public StreamModel create(ModelSettings settings, int threads) {
        return Replica.createModel(settings, threads, round.partition());
    }

    @Override
    public void begin(StreamModel model, long offset) {
        round.begin(model, offset);
    }

    /** Not while a contribution is due, or waited for. */
    @Override
    public boolean takesRecords() {
        return !round.isWaiting() && !round.isFull();
    }

    @Override
    public void learned(int images, Map<String, Double> losses, long timestampMs) {
        round.learned(images, losses, timestampMs);
    }

    /** At once when the round has all its batches; with what there is when there have been no more for long. */
    @Override
    public boolean isDue(Duration idle) {
        return round.isFull() || (round.hasBatches() && idle.compareTo(roundTimeout) >= 0);
    }

    @Override
    public List<ProducerRecord<byte[], byte[]>> give(StreamModel model, long nextOffset) {
        Contribution contribution = round.contribute(model, config.model().settings(), nextOffset);
        Checkpoint checkpoint = new Checkpoint(
                config.stateKey(round.partition()), contribution.share().number(), contribution.encode());
        Topics topics = config.topics();
        return CheckpointCodec.encode(
                topics.modelContributions(), topics.contributionPartition(config.checkpointKey()), checkpoint);
    }

    @Override
    public boolean takeOver(StreamModel model, long nextOffset) {
        return newest.get()
                .filter(merged -> takeOver(merged, model, nextOffset))
                .isPresent();
    }

    private boolean takeOver(MergedModel merged, StreamModel model, long nextOffset) {
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
            return round.adopt(merged, model, nextOffset);
        } catch (IllegalArgumentException e) {
            throw new TrainerException(
                    "the merged model of %s can't be used: %s".formatted(config.checkpointKey(), e.getMessage()), e);
        }
    }

    /** The merged model is. */
    @Override
    public boolean isPublic() {
        return false;
    }

    @Override
    public Settings settings() {
        return round.settings();
    }

    @Override
    public void addTo(Map<String, String> metadata, Map<String, float[]> tensors) {
        round.addTo(metadata, tensors);
    }

    @Override
    public void restore(Metadata metadata, Map<String, float[]> tensors) throws MalformedMessageException {
        round.restore(metadata, tensors);
    }
}
