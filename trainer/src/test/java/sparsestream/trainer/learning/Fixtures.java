package sparsestream.trainer.learning;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import sparsestream.contract.ImageBatch;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.vae.VaeConfig;
import sparsestream.published.HeldOut;
import sparsestream.trainer.watch.Watch;
import sparsestream.trainer.watch.WatchConfig;

/** Small models and batches. */
public final class Fixtures {
    public static final int SIDE = 6;

    private Fixtures() {}

    public static ModelSettings vae() {
        L1 l1 = new L1(L1.Method.PROXIMAL, 1e-3);
        VaeConfig vae = new VaeConfig(List.of(16, 8), 4, AdamConfig.of(1e-3), l1, l1);
        return new ModelSettings(vae, SIDE, SIDE, 7);
    }

    /** A VAE whose steps are so large that it does not get better with each. */
    public static ModelSettings restlessVae() {
        VaeConfig vae = new VaeConfig(List.of(16, 8), 4, AdamConfig.of(0.1), L1.NONE, L1.NONE);
        return new ModelSettings(vae, SIDE, SIDE, 7);
    }

    public static HeldOut heldOut() {
        return new HeldOut(10, SIDE, SIDE, images(-1, SIDE, SIDE).images());
    }

    public static ModelSettings gan() {
        AdamConfig adam = AdamConfig.of(1e-3).withBeta1(0.5);
        L1 l1 = new L1(L1.Method.PROXIMAL, 1e-4);
        GanConfig gan = new GanConfig(5, List.of(8, 16), List.of(16, 8), adam, adam, l1, l1, 0.3, 2, 0.99);
        return new ModelSettings(gan, SIDE, SIDE, 7);
    }

    public static Learner start(ModelSettings settings) {
        return start(settings, noWatch());
    }

    public static Learner start(ModelSettings settings, Watch watch) {
        return new Learner(settings, settings.create(1), watch, 0, 0, 0);
    }

    /** A watch that changes nothing and has nothing to measure models on. */
    public static Watch noWatch() {
        return new Watch(WatchConfig.DEFAULT, Optional.empty(), 1);
    }

    /** The batch at an offset: always the same for the same offset. */
    public static ConsumerRecord<byte[], byte[]> batch(long offset) {
        return record(offset, images(offset, SIDE, SIDE).encode());
    }

    public static ImageBatch images(long seed, int height, int width) {
        byte[] pixels = new byte[10 * height * width];
        new java.util.Random(seed).nextBytes(pixels);
        return new ImageBatch(10, height, width, pixels, Optional.empty());
    }

    public static ConsumerRecord<byte[], byte[]> record(long offset, byte[] value) {
        return new ConsumerRecord<>("images.batches", 0, offset, null, value);
    }

    public static String weights(Learner learner) {
        return LearnerCodec.weightsSha256(learner.model().state());
    }
}
