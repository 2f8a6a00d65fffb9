package sparsestream.published;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.MalformedMessageException;

/**
 * Decides which records of {@code model.checkpoints} become a version to serve. For one thread.
 *
 * <p>Until it {@linkplain #caughtUp() has caught up} it keeps the newest version of each model to itself, so that a start
 * does not serve history. What cannot be used is counted and logged, and whatever is served stays. Parts that are missing
 * in history are no fault, since compaction removes those of older versions; unless nothing newer follows.
 */
final class CheckpointIntake {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointIntake.class);

    /** Model by the key of its checkpoints. */
    private final Map<String, String> models;

    private final VersionListener listener;
    private final CheckpointAssembler assembler = new CheckpointAssembler();
    private final Map<String, ModelVersion> newest = new LinkedHashMap<>();
    private final Map<String, MalformedMessageException> incomplete = new LinkedHashMap<>();
    private boolean catchingUp = true;

    CheckpointIntake(String runId, Collection<String> models, VersionListener listener) {
        this.models = models.stream()
                .collect(Collectors.toUnmodifiableMap(model -> runId + "/" + model, Function.identity()));
        this.listener = listener;
    }

    /** Takes the next record in the order of the topic; the answer is to be served from now on. */
    Optional<ModelVersion> accept(ConsumerRecord<byte[], byte[]> record) {
        // Other runs and models share the topic: their parts must not take up memory here.
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.US_ASCII);
        String checkpointKey = key.replaceFirst("/part-[0-9]{4}$", "");
        String model = models.get(checkpointKey);
        if (model == null) {
            return Optional.empty();
        }
        try {
            Optional<ModelVersion> version = load(model, record);
            version.ifPresent(loaded -> incomplete.remove(model));
            if (catchingUp) {
                version.ifPresent(listener::past);
                version.ifPresent(loaded -> newest.put(model, loaded));
                return Optional.empty();
            }
            return version;
        } catch (MalformedMessageException e) {
            boolean partMissing = key.equals(checkpointKey) && e.field().startsWith(key + "/part-");
            if (catchingUp && partMissing) {
                incomplete.put(model, e);
            } else {
                reject(model, e);
            }
            return Optional.empty();
        }
    }

    boolean isCatchingUp() {
        return catchingUp;
    }

    /** The records that were there at the start have all been taken; the answers are to be served from now on. */
    List<ModelVersion> caughtUp() {
        catchingUp = false;
        incomplete.forEach(this::reject);
        List<ModelVersion> versions = List.copyOf(newest.values());
        incomplete.clear();
        newest.clear();
        return versions;
    }

    private Optional<ModelVersion> load(String model, ConsumerRecord<byte[], byte[]> record)
            throws MalformedMessageException {
        Optional<Checkpoint> checkpoint = assembler.accept(record);
        return checkpoint.isEmpty()
                ? Optional.empty()
                : Optional.of(ModelVersion.load(model, checkpoint.get(), Instant.ofEpochMilli(record.timestamp())));
    }

    private void reject(String model, MalformedMessageException fault) {
        listener.rejected(model);
        LOG.warn("a checkpoint of {} cannot be used, and what is served stays: {}", model, fault.getMessage());
    }
}
