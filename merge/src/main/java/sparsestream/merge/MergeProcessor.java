package sparsestream.merge;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.Contribution;
import sparsestream.contract.MalformedMessageException;
import sparsestream.trainer.learning.ModelSettings;

/**
 * Moves contributions of one partition of {@code model.contributions} into the open rounds of their models, and keeps the store in
 * step: it has the parts of contributions as they come, and beside them the state after the last round under {@code run/model/merged}.
 */
final class MergeProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Pattern SUFFIX = Pattern.compile("/([0-9]{1,5})(?:/part-([0-9]{4}))?");
    private static final String MERGED = "/merged";
    private static final Duration MAX_CHECK_INTERVAL = Duration.ofMillis(100);

    private final MergeConfig config;
    private final String storeName;
    private final MergeMetrics metrics;
    /** By the keys of their checkpoints. */
    private final Map<String, Open> open = new HashMap<>();

    private ProcessorContext<byte[], byte[]> context;
    private CheckpointStore store;

    /** One model's round, and since when it waits. */
    private static final class Open {
        final ModelSettings settings;
        final ModelMerge merge;
        long firstMs;
        /** The task's own time stands still while it works. */
        long firstNanos = System.nanoTime();

        Open(ModelSettings settings, ModelMerge merge, long nowMs) {
            this.settings = settings;
            this.merge = merge;
            this.firstMs = nowMs;
        }
    }

    MergeProcessor(MergeConfig config, String storeName, MergeMetrics metrics) {
        this.config = config;
        this.storeName = storeName;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> given) {
        context = given;
        store = new CheckpointStore(context.getStateStore(storeName));
        for (ModelSettings model : config.models()) {
            if (!store.keys(config.key(model) + "/").isEmpty()) {
                open.put(
                        config.key(model),
                        new Open(model, restored(config, model, store), context.currentSystemTimeMs()));
            }
        }
        Duration timeout = config.roundTimeout();
        Duration interval = timeout.compareTo(MAX_CHECK_INTERVAL) < 0 ? timeout : MAX_CHECK_INTERVAL;
        context.schedule(interval, PunctuationType.WALL_CLOCK_TIME, this::closeWhenDue);
    }

    /** What a store has of a model. */
    static ModelMerge restored(MergeConfig config, ModelSettings model, CheckpointStore store) {
        String key = config.key(model);
        try {
            Optional<Checkpoint> saved = store.get(key + MERGED);
            Optional<MergeState> state = saved.isPresent()
                    ? Optional.of(MergeState.decode(saved.get().contents()))
                    : Optional.empty();
            ModelMerge merge = new ModelMerge(config, model, state);
            for (String each : store.keys(key + "/")) {
                if (!each.endsWith(MERGED)) {
                    merge.round()
                            .accept(Contribution.decode(
                                    store.get(each).orElseThrow().contents()));
                }
            }
            return merge;
        } catch (MalformedMessageException | RefusedContributionException e) {
            throw new MergeException(
                    "what is kept of %s can't be used: %s; give the options it began with, or another --run-id"
                            .formatted(key, e.getMessage()),
                    e);
        }
    }

    /** @throws RefusedContributionException if it makes a contribution whole that can never be merged */
    @Override
    public void process(Record<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.US_ASCII);
        for (ModelSettings model : config.models()) {
            if (key.startsWith(config.key(model) + "/")) {
                try {
                    process(model, key, record);
                } catch (RefusedContributionException e) {
                    metrics.refused(model.name());
                    throw e;
                }
            }
        }
    }

    private void process(ModelSettings model, String key, Record<byte[], byte[]> record) {
        String modelKey = config.key(model);
        Matcher suffix = SUFFIX.matcher(key.substring(modelKey.length()));
        OptionalLong version = CheckpointStore.version(key, record);
        if (!suffix.matches() || version.isEmpty()) {
            throw new RefusedContributionException(
                    "'%s' is no part of a contribution, or tells no number".formatted(key));
        }
        Open own = open.computeIfAbsent(
                modelKey,
                any -> new Open(model, new ModelMerge(config, model, Optional.empty()), context.currentSystemTimeMs()));
        int partition = Integer.parseInt(suffix.group(1));
        boolean isPart = suffix.group(2) != null;
        Optional<Contribution> waiting = own.merge.round().gathered().stream()
                .filter(each -> each.share().partition() == partition)
                .findFirst();
        if (waiting.isPresent()) {
            requireSame(waiting.get(), version.getAsLong(), isPart);
        } else if (isPart && Integer.parseInt(suffix.group(2)) >= own.merge.maxParts()) {
            throw new RefusedContributionException("'%s' is a part more than a contribution has".formatted(key));
        } else {
            store.put(key, version.getAsLong(), record.value());
            if (!isPart) {
                gather(own, key, partition);
            }
        }
    }

    /** While a contribution waits for its round to end, its replica sends no other. */
    private static void requireSame(Contribution waiting, long number, boolean isPart) {
        if (!isPart && number != waiting.share().number()) {
            throw new RefusedContributionException("number %s of partition %s comes before number %s is merged"
                    .formatted(
                            number, waiting.share().partition(), waiting.share().number()));
        }
    }

    private void gather(Open own, String key, int partition) {
        boolean isNew = false;
        try {
            Checkpoint checkpoint = store.get(key).orElseThrow();
            Contribution contribution = Contribution.decode(checkpoint.contents());
            if (contribution.share().partition() != partition
                    || contribution.share().number() != checkpoint.version()) {
                throw new RefusedContributionException("its key and version are not those of its contents");
            }
            boolean first = own.merge.round().isEmpty();
            isNew = own.merge.round().accept(contribution);
            if (isNew && first) {
                own.firstMs = context.currentSystemTimeMs();
                own.firstNanos = System.nanoTime();
            }
            if (isNew) {
                metrics.gathered(own.settings.name(), store.bytes(key));
            }
        } catch (MalformedMessageException e) {
            throw new RefusedContributionException(e.getMessage(), e);
        } finally {
            if (!isNew) {
                store.delete(key);
            }
        }
        if (own.merge.round().isComplete()) {
            close(own);
        }
    }

    private void closeWhenDue(long nowMs) {
        for (Open own : open.values()) {
            boolean due = nowMs - own.firstMs >= config.roundTimeout().toMillis();
            if (due && !own.merge.round().isEmpty()) {
                close(own);
            }
        }
    }

    private void close(Open own) {
        String key = config.key(own.settings);
        own.merge
                .round()
                .gathered()
                .forEach(each -> store.delete(key + "/" + each.share().partition()));
        ModelMerge.Merged merged = own.merge.close();
        store.put(new Checkpoint(
                key + MERGED, merged.state().version(), merged.state().encode()));
        CheckpointCodec.encode(config.topics().modelCheckpoints(), merged.checkpoint())
                .forEach(record -> forward(record, MergeTopology.CHECKPOINTS));
        forward(merged.round().toRecord(config.topics().modelRounds()), MergeTopology.ROUNDS);
        forward(merged.event().toRecord(config.topics().trainingEvents()), MergeTopology.EVENTS);
        // The replicas wait.
        context.commit();
        tell(own, merged);
    }

    private void forward(ProducerRecord<byte[], byte[]> record, String sink) {
        context.forward(
                new Record<>(record.key(), record.value(), context.currentSystemTimeMs(), record.headers()), sink);
    }

    private void tell(Open own, ModelMerge.Merged merged) {
        int missing = merged.round().partitions() - merged.round().shares().size();
        metrics.merged(
                own.settings.name(),
                new MergeMetrics.MergedRound(
                        merged.round().version(),
                        merged.round().images(),
                        missing,
                        merged.zeroRatio(),
                        (System.nanoTime() - own.firstNanos) / 1e9));
        merged.evaluation().ifPresent(evaluation -> metrics.evaluated(own.settings.name(), evaluation));
    }

    @Override
    public void close() {
        open.values().forEach(own -> own.merge.free());
    }
}
