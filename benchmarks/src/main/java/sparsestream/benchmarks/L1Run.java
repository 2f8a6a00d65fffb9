package sparsestream.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import sparsestream.contract.PublishedModel;
import sparsestream.model.ImageGenerator;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.StreamModel;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.Team;
import sparsestream.model.vae.Vae;
import sparsestream.model.vae.VaeConfig;
import sparsestream.producer.Dataset;
import sparsestream.published.NetworkTensors;

/** Learns a VAE with one L1 penalty and tells what it cost and saved. The data's order is the same for all penalties. */
final class L1Run {
    private static final int BATCH = 128;
    private static final long SEED = 1;

    /** Images drawn to warm up, and as many to time. */
    private static final int DRAWN = 10_000;

    private final Dataset train;
    private final Dataset heldOut;
    private final long images;
    private final int threads;

    /** @param images to learn, in whole batches, pass after pass in another order each */
    L1Run(Dataset train, Dataset heldOut, long images, int threads) {
        this.train = train;
        this.heldOut = heldOut;
        this.images = images;
        this.threads = threads;
    }

    L1Row run(VaeConfig config, L1 l1) {
        try (StreamModel model = new Vae(penalised(config, l1), train.imageBytes(), SEED, new Team(threads))) {
            learn(model);
            double nelbo = model.heldOutNelbo(heldOut.images(), heldOut.count()).orElseThrow();
            String method = l1.lambda() == 0 ? "none" : l1.method().toString();
            double micros = imageMicros(new ImageGenerator(model.networks().get(1)));
            long checkpointBytes =
                    published(model, train.height(), train.width()).encode().encode().length;
            return new L1Row(method, l1.lambda(), model.zeroRatio(), nelbo, checkpointBytes, micros);
        }
    }

    /** What the model publishes when it has learned. */
    private static VaeConfig penalised(VaeConfig config, L1 l1) {
        return new VaeConfig(config.hidden(), config.latent(), config.adam(), l1, l1);
    }

    PublishedModel publish(VaeConfig config) {
        try (StreamModel model = new Vae(config, train.imageBytes(), SEED, new Team(threads))) {
            learn(model);
            return published(model, train.height(), train.width());
        }
    }

    /** Median time to draw one image as the sampler does. */
    static double imageMicros(ImageGenerator generator) {
        double[] micros = new double[DRAWN];
        for (int i = -DRAWN; i < DRAWN; i++) {
            long start = System.nanoTime();
            generator.image(SEED, i);
            micros[Math.max(i, 0)] = (System.nanoTime() - start) / 1e3;
        }
        Arrays.sort(micros);
        return micros[DRAWN / 2];
    }

    private void learn(StreamModel model) {
        SplittableRandom random = new SplittableRandom(SEED);
        int[] order = IntStream.range(0, train.count()).toArray();
        byte[] batch = new byte[BATCH * train.imageBytes()];
        int next = train.count();
        while (model.images() + BATCH <= images) {
            if (next + BATCH > train.count()) {
                shuffle(order, random);
                next = 0;
            }
            for (int row = 0; row < BATCH; row++) {
                System.arraycopy(
                        train.images(),
                        order[next++] * train.imageBytes(),
                        batch,
                        row * train.imageBytes(),
                        train.imageBytes());
            }
            try {
                model.learn(batch, BATCH);
            } catch (RejectedBatchException e) {
                throw new IllegalStateException("step " + model.step() + ": " + e.getMessage(), e);
            }
        }
    }

    private static void shuffle(int[] order, SplittableRandom random) {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
    }

    /** The model as a checkpoint has it. */
    static PublishedModel published(StreamModel model, int height, int width) {
        char[] sha256 = new char[64];
        Arrays.fill(sha256, '0');
        return new PublishedModel(
                model.name(),
                model.imageNetwork().name(),
                height,
                width,
                model.step(),
                model.images(),
                0,
                model.step(),
                model.zeroRatio(),
                new String(sha256),
                NetworkTensors.of(model.networks()));
    }
}
