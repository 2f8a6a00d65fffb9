package sparsestream.merge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sparsestream.contract.Contribution;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Metadata;
import sparsestream.contract.Share;
import sparsestream.contract.Tensor;
import sparsestream.model.Settings;
import sparsestream.model.StreamModel;
import sparsestream.trainer.learning.SavedSettings;

/**
 * Where in its round a replica is: it learns, until it has a contribution to give; then it waits for a merged model that includes
 * that, and learns on from there.
 */
final class RoundProgress {
    /** Prefix of the tensors that the round started from, in the saved state. */
    private static final String START = "start.";

    private final int every;
    private final int partition;
    private final int partitions;

    /** Number of the last contribution. */
    private long number;

    private boolean waiting;
    private long base;
    private long from;
    private long batches;
    private long images;
    /** The parameters at the start of the round; empty while waiting. */
    private Map<String, float[]> start = Map.of();

    private long lastBatchMs;
    private Map<String, Double> lastLosses = Map.of();

    RoundProgress(int every, int partition, int partitions) {
        this.every = every;
        this.partition = partition;
        this.partitions = partitions;
    }

    /** Starts the first round, with the model as it is before it has learned anything. */
    void begin(StreamModel model, long offset) {
        startFrom(0, SharedTensors.of(model), offset);
    }

    private void startFrom(long version, Map<String, float[]> parameters, long offset) {
        waiting = false;
        base = version;
        start = parameters;
        from = offset;
        batches = 0;
        images = 0;
    }

    void learned(int count, Map<String, Double> losses, long timestampMs) {
        batches++;
        images += count;
        lastLosses = losses;
        lastBatchMs = timestampMs;
    }

    /** Whether the round has all its batches. */
    boolean isFull() {
        return batches == every;
    }

    /** Whether there is anything to give to a round. */
    boolean hasBatches() {
        return batches > 0;
    }

    /** Whether the replica must not learn until a merged model includes what it has given. */
    boolean isWaiting() {
        return waiting;
    }

    long number() {
        return number;
    }

    int partition() {
        return partition;
    }

    /** What was learned since the round's start; from now on the replica waits. */
    Contribution contribute(StreamModel model, Settings settings, long nextOffset) {
        number++;
        Share share = new Share(partition, number, base, from, nextOffset, batches, images);
        Map<String, Tensor> changes = new LinkedHashMap<>();
        Map<String, Tensor> kept = new LinkedHashMap<>();
        SharedTensors.of(model).forEach((name, end) -> {
            changes.put(name, difference(start.get(name), end));
            if (name.endsWith(SharedTensors.VALUES)) {
                kept.put(name, notZero(end));
            }
        });
        waiting = true;
        batches = 0;
        images = 0;
        start = Map.of();
        return new Contribution(
                share, partitions, every, SavedSettings.write(settings), lastBatchMs, lastLosses, changes, kept);
    }

    private static Tensor difference(float[] before, float[] after) {
        float[] change = new float[after.length];
        for (int i = 0; i < change.length; i++) {
            change[i] = before[i] - after[i];
        }
        return Tensor.ofFloats(change, change.length);
    }

    private static Tensor notZero(float[] values) {
        byte[] bitmap = new byte[(values.length + 7) / 8];
        for (int i = 0; i < values.length; i++) {
            if (values[i] != 0f) {
                bitmap[i >> 3] |= (byte) (1 << (i & 7));
            }
        }
        return Tensor.ofBytes(bitmap, bitmap.length);
    }

    /**
     * Starts a round from a merged model: from one that includes what was given, or, where the round has no batches yet, from a newer
     * one than before.
     *
     * @return whether it did
     * @throws IllegalArgumentException if the model is of another architecture
     */
    boolean adopt(MergedModel merged, StreamModel model, long nextOffset) {
        boolean awaited = waiting && merged.position().includes(partition, number);
        boolean newer = !waiting && batches == 0 && merged.version() > base;
        if (!awaited && !newer) {
            return false;
        }
        merged.replaceIn(model);
        startFrom(merged.version(), merged.parameters(), newer ? from : nextOffset);
        return true;
    }

    /** Part of the run's settings. */
    Settings settings() {
        return Settings.NONE.with("merge-every", every).with("partitions", partitions);
    }

    int every() {
        return every;
    }

    int partitions() {
        return partitions;
    }

    /** Adds what {@link #restore} needs. */
    void addTo(Map<String, String> metadata, Map<String, float[]> tensors) {
        metadata.put("round.number", String.valueOf(number));
        metadata.put("round.waiting", String.valueOf(waiting ? 1 : 0));
        metadata.put("round.base", String.valueOf(base));
        metadata.put("round.from", String.valueOf(from));
        metadata.put("round.batches", String.valueOf(batches));
        metadata.put("round.images", String.valueOf(images));
        metadata.put("round.last_batch_ms", String.valueOf(lastBatchMs));
        start.forEach((name, values) -> tensors.put(START + name, values));
    }

    /**
     * Goes back to what was saved, and takes its own out of the tensors.
     *
     * @throws MalformedMessageException if it is not such a state
     */
    void restore(Metadata metadata, Map<String, float[]> tensors) throws MalformedMessageException {
        number = metadata.integer("round.number", 0, Long.MAX_VALUE - 1);
        waiting = metadata.integer("round.waiting", 0, 1) == 1;
        base = metadata.integer("round.base", 0, Long.MAX_VALUE);
        from = metadata.integer("round.from", 0, Long.MAX_VALUE);
        batches = metadata.integer("round.batches", 0, every);
        images = metadata.integer("round.images", 0, Long.MAX_VALUE);
        lastBatchMs = metadata.integer("round.last_batch_ms", Long.MIN_VALUE, Long.MAX_VALUE);
        Map<String, float[]> saved = new LinkedHashMap<>();
        for (String name : List.copyOf(tensors.keySet())) {
            if (name.startsWith(START)) {
                saved.put(name.substring(START.length()), tensors.remove(name));
            }
        }
        for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
            String name = tensor.getKey();
            boolean shared = name.endsWith(SharedTensors.VALUES) || name.endsWith(SharedTensors.AVERAGE);
            float[] begun = saved.get(name);
            if (shared && !waiting && (begun == null || begun.length != tensor.getValue().length)) {
                throw new MalformedMessageException(START + name, "is missing or of another size");
            }
        }
        start = saved;
    }
}
