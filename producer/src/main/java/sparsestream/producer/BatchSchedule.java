package sparsestream.producer;

import java.util.Optional;
import java.util.Random;
import sparsestream.contract.ImageBatch;

/**
 * Which image stands where in the endless stream: pass after pass over the dataset, each in an order of its own that
 * follows from (seed, pass).
 *
 * <p>Any run of positions can be had at any time, also across the end of a pass, so a batch is a pure function of
 * (dataset, seed, position, count). For one thread: it remembers the order of the pass it last looked at.
 */
public final class BatchSchedule implements ImageStream {
    /** Brokers refuse records over 1 MiB by default; this leaves room for the tensor header, the key and headers. */
    private static final int MAX_PAYLOAD_BYTES = 998_000;

    private final Dataset dataset;
    private final long seed;
    private long pass = -1;
    private int[] order = {};

    public BatchSchedule(Dataset dataset, long seed) {
        this.dataset = dataset;
        this.seed = seed;
    }

    /** The most images of this dataset that a record under 1 MB can hold; 0 if not even one fits. */
    public static int maxBatchSize(Dataset dataset) {
        return maxBatchSize(dataset.imageBytes());
    }

    /** The most labelled images of so many bytes that a record under 1 MB can hold; 0 if not even one fits. */
    public static int maxBatchSize(int imageBytes) {
        return MAX_PAYLOAD_BYTES / (imageBytes + 1);
    }

    @Override
    public String name() {
        return dataset.name();
    }

    @Override
    public ImageBatch batch(long position, int count) {
        if (position < 0 || count < 1) {
            throw new IllegalArgumentException("no batch of %s images at position %s".formatted(count, position));
        }
        int imageBytes = dataset.imageBytes();
        byte[] images = new byte[count * imageBytes];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            int image = imageAt(position + i);
            System.arraycopy(dataset.images(), image * imageBytes, images, i * imageBytes, imageBytes);
            labels[i] = dataset.labels()[image];
        }
        return new ImageBatch(count, dataset.height(), dataset.width(), images, Optional.of(labels));
    }

    /** Index, in the dataset, of the image at a position of the stream. */
    int imageAt(long position) {
        long wanted = position / dataset.count();
        if (wanted != pass) {
            order = shuffled(dataset.count(), Seeds.random(seed, wanted));
            pass = wanted;
        }
        return order[(int) (position % dataset.count())];
    }

    /** A uniformly random permutation of 0..size-1 (Durstenfeld 1964, algorithm 235). */
    private static int[] shuffled(int size, Random random) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
