package sparsestream.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import sparsestream.contract.Contribution;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Safetensors;
import sparsestream.merge.MergeState;
import sparsestream.merge.OpenRound;
import sparsestream.merge.OuterStep;
import sparsestream.merge.Replica;
import sparsestream.merge.RoundMerge;
import sparsestream.model.StreamModel;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.model.evaluation.Evaluation.SampleQuality;
import sparsestream.model.evaluation.Evaluator;
import sparsestream.producer.BatchSchedule;
import sparsestream.producer.Dataset;
import sparsestream.trainer.learning.ModelSettings;

/**
 * Rounds of replicas in one process, one after the other: to the bit what as many trainers and a merge service make of a topic with
 * as many partitions, filled in turns.
 */
final class MergeRun {
    private final ModelSettings settings;
    private final BatchSchedule stream;
    private final int batch;
    private final int replicas;
    private final int every;
    private final OuterStep outer;
    private final int threads;

    private double contributionBytes;
    private long laterContributions;
    private long gatherNanos;
    private long mergeNanos;

    /**
     * @param batch images of a step
     * @param every batches of a round
     * @param threads that a step uses
     */
    MergeRun(
            ModelSettings settings, Dataset learned, int batch, int replicas, int every, OuterStep outer, int threads) {
        this.settings = settings;
        this.stream = new BatchSchedule(learned, settings.seed());
        this.batch = batch;
        this.replicas = replicas;
        this.every = every;
        this.outer = outer;
        this.threads = threads;
    }

    /**
     * Learns as many whole rounds as there are images for, at least one.
     *
     * @throws MalformedMessageException if what a replica contributes can't be read
     */
    MergeRow run(long images, Evaluator evaluator) throws MalformedMessageException {
        long rounds = Math.max(1, images / ((long) batch * every * replicas));
        List<Replica> all = new ArrayList<>();
        try (StreamModel merged = settings.create(threads)) {
            OpenRound open =
                    new OpenRound(settings.settings(), merged, new RoundMerge(outer, merged), Optional.empty());
            for (int partition = 0; partition < replicas; partition++) {
                all.add(Replica.begin(settings, every, partition, replicas, 0, threads));
            }
            for (long round = 0; round < rounds; round++) {
                MergeState after = round(all, open, round, 2 * round >= rounds);
                all.forEach(replica -> replica.adopt(after.model()));
            }
            open.state().orElseThrow().putInto(merged);
            return row(merged, rounds, evaluator.evaluate(merged));
        } finally {
            all.forEach(Replica::close);
        }
    }

    private MergeState round(List<Replica> all, OpenRound open, long round, boolean later)
            throws MalformedMessageException {
        for (int partition = 0; partition < replicas; partition++) {
            Replica replica = all.get(partition);
            for (long offset = round * every; offset < (round + 1) * every; offset++) {
                replica.learn(record(partition, offset));
            }
            byte[] published = replica.contribute((round + 1) * every).encode().encode();
            if (later) {
                contributionBytes += published.length;
                laterContributions++;
            }
            long start = System.nanoTime();
            open.accept(Contribution.decode(Safetensors.decode(published)));
            gatherNanos += System.nanoTime() - start;
        }
        long start = System.nanoTime();
        MergeState after = open.close();
        mergeNanos += System.nanoTime() - start;
        return after;
    }

    private ConsumerRecord<byte[], byte[]> record(int partition, long offset) {
        long position = (offset * replicas + partition) * batch;
        byte[] value = stream.batch(position, batch).encode();
        return new ConsumerRecord<>("images.batches", partition, offset, null, value);
    }

    private MergeRow row(StreamModel merged, long rounds, Evaluation evaluation) {
        long modelBytes = L1Run.published(merged, settings.height(), settings.width())
                .encode()
                .encode()
                .length;
        double contributions = rounds * (double) replicas;
        return new MergeRow(
                replicas,
                every,
                outer.learningRate(),
                outer.momentum(),
                settings.seed(),
                merged.images(),
                rounds * every,
                evaluation.elbo().map(elbo -> elbo.negative()).orElse(Double.NaN),
                evaluation.samples().map(SampleQuality::frechetDistance).orElse(Double.NaN),
                merged.zeroRatio(),
                contributionBytes / laterContributions,
                modelBytes,
                gatherNanos / 1e3 / contributions,
                mergeNanos / 1e3 / contributions);
    }
}
