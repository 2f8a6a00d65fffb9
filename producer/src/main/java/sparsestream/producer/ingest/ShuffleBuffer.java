package sparsestream.producer.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import sparsestream.contract.ImageBatch;
import sparsestream.producer.BatchSchedule;
import sparsestream.producer.Seeds;

/**
 * A block of images of one size, which leaves as a whole, shuffled and cut into batches.
 *
 * <p>The order follows from (seed, position, number of images) alone. Which images make a block follows from the stream, unless
 * {@link #drain} is called before the block is full.
 */
final class ShuffleBuffer {
    private final BatchRules rules;
    private final List<GreyImage> held = new ArrayList<>();
    private long position;

    /** @param position number of images of the stream that have left */
    ShuffleBuffer(BatchRules rules, long position) {
        this.rules = rules;
        this.position = position;
    }

    /** Number of images that have left, and so the number of the first image that is held. */
    long position() {
        return position;
    }

    int size() {
        return held.size();
    }

    boolean isFull() {
        return held.size() >= rules.shuffleBuffer();
    }

    /** Whether it is of the size of those that are held; if not, they have to leave first. */
    boolean takes(GreyImage image) {
        return held.isEmpty() || held.get(0).hasSizeOf(image);
    }

    /** @throws IllegalArgumentException if the buffer does not {@link #takes take} it */
    void add(GreyImage image) {
        if (!takes(image)) {
            throw new IllegalArgumentException("an image of another size");
        }
        held.add(image);
    }

    /** All that is held, in full batches and one that may be smaller; empty if there is nothing. */
    List<ImageBatch> drain() {
        List<GreyImage> shuffled = shuffled(Seeds.random(rules.seed(), position));
        List<ImageBatch> batches = new ArrayList<>();
        int batchSize = held.isEmpty() ? 1 : batchSize(held.get(0));
        for (int from = 0; from < shuffled.size(); from += batchSize) {
            batches.add(batch(shuffled.subList(from, Math.min(shuffled.size(), from + batchSize))));
        }
        position += held.size();
        held.clear();
        return batches;
    }

    /** A uniformly random permutation (Durstenfeld 1964, algorithm 235). */
    private List<GreyImage> shuffled(Random random) {
        List<GreyImage> order = new ArrayList<>(held);
        for (int i = order.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            order.set(i, order.set(j, order.get(i)));
        }
        return order;
    }

    /** Images of an earlier session may be larger than those of this one. */
    private int batchSize(GreyImage image) {
        return Math.min(rules.batchSize(), BatchSchedule.maxBatchSize(image.height() * image.width()));
    }

    private static ImageBatch batch(List<GreyImage> images) {
        GreyImage first = images.get(0);
        int bytes = first.pixels().length;
        byte[] pixels = new byte[images.size() * bytes];
        byte[] labels = new byte[images.size()];
        boolean labelled = true;
        for (int i = 0; i < images.size(); i++) {
            GreyImage image = images.get(i);
            System.arraycopy(image.pixels(), 0, pixels, i * bytes, bytes);
            labels[i] = (byte) image.label().orElse(0);
            labelled &= image.label().isPresent();
        }
        Optional<byte[]> known = labelled ? Optional.of(labels) : Optional.empty();
        return new ImageBatch(images.size(), first.height(), first.width(), pixels, known);
    }
}
