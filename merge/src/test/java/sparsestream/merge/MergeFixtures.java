package sparsestream.merge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import sparsestream.contract.Contribution;
import sparsestream.contract.ImageBatch;
import sparsestream.contract.Round;
import sparsestream.contract.Share;
import sparsestream.contract.Topics;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.vae.VaeConfig;
import sparsestream.trainer.learning.LearnerCodec;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.SavedSettings;
import sparsestream.trainer.learning.TrainerConfig;

/** Small models that learn random images, with so much L1 that weights become zero soon. */
final class MergeFixtures {
    static final int SIDE = 6;
    static final int EVERY = 5;
    static final int BATCH = 10;

    private MergeFixtures() {}

    static ModelSettings vae() {
        L1 l1 = new L1(L1.Method.PROXIMAL, 0.03);
        VaeConfig vae = new VaeConfig(List.of(16, 8), 4, AdamConfig.of(3e-3), l1, l1);
        return new ModelSettings(vae, SIDE, SIDE, 7);
    }

    static ModelSettings gan() {
        AdamConfig adam = AdamConfig.of(3e-3).withBeta1(0.5);
        L1 l1 = new L1(L1.Method.PROXIMAL, 1e-3);
        GanConfig gan = new GanConfig(5, List.of(8, 16), List.of(16, 8), adam, adam, l1, l1, 0.3, 2, 0.99);
        return new ModelSettings(gan, SIDE, SIDE, 7);
    }

    static Replica replica(ModelSettings settings, int partition, int partitions) {
        return Replica.begin(settings, EVERY, partition, partitions, 0, 1);
    }

    /** The batch of a partition at an offset: always the same. */
    static ConsumerRecord<byte[], byte[]> batch(int partition, long offset) {
        byte[] pixels = new byte[BATCH * SIDE * SIDE];
        new Random(1_000L * partition + offset).nextBytes(pixels);
        byte[] value = new ImageBatch(BATCH, SIDE, SIDE, pixels, Optional.empty()).encode();
        return record(partition, offset, value);
    }

    static ConsumerRecord<byte[], byte[]> record(int partition, long offset, byte[] value) {
        return new ConsumerRecord<>("images.batches", partition, offset, null, value);
    }

    /** A trainer of these models that nothing limits. */
    static TrainerConfig config(ModelSettings settings) {
        return new TrainerConfig(
                Map.of(),
                new Topics(""),
                "run",
                settings,
                1,
                Duration.ofSeconds(1),
                OptionalLong.empty(),
                Optional.empty());
    }

    /** Lets a replica learn the batches {@code [from, to)} of its partition. */
    static Contribution learn(Replica replica, int partition, long from, long to) {
        for (long offset = from; offset < to; offset++) {
            replica.learn(batch(partition, offset));
        }
        return replica.contribute(to);
    }

    /** What each of several new replicas gives to the first round. */
    static List<Contribution> firstRound(ModelSettings settings, int partitions) {
        List<Contribution> contributions = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            try (Replica replica = replica(settings, partition, partitions)) {
                contributions.add(learn(replica, partition, 0, EVERY));
            }
        }
        return contributions;
    }

    static Round round(ModelSettings settings, OuterStep outer, MergeState after, List<Share> shares) {
        try (var model = settings.create(1)) {
            after.putInto(model);
            return new Round(
                    "run/" + settings.name(),
                    after.version(),
                    SavedSettings.write(settings.settings()),
                    after.position().partitions(),
                    after.position().every(),
                    outer.learningRate(),
                    outer.momentum(),
                    shares,
                    after.images(),
                    LearnerCodec.weightsSha256(model.state()));
        }
    }
}
