package sparsestream.producer;

import java.util.Collections;
import java.util.List;

/**
 * How a stream lies on a topic: its batches go to the partitions in turns, so that what a partition holds depends on the stream alone.
 *
 * @param batchSize images of a batch
 * @param next for each partition the position in the stream from which on it has no batches
 */
record Turns(int batchSize, List<Long> next) {
    Turns {
        next = List.copyOf(next);
    }

    /** When all before a position is there, and nothing after it. */
    static Turns from(long position, int batchSize, int partitions) {
        return new Turns(batchSize, Collections.nCopies(partitions, position));
    }

    int partition(long position) {
        return (int) (position / batchSize % next.size());
    }

    /** The first position whose batch may be missing. */
    long first() {
        return Collections.min(next);
    }

    /** Whether the batch at a position is on the topic: partitions do not all get as far before a producer is killed. */
    boolean has(long position) {
        return position < next.get(partition(position));
    }

    /** How many images are on the topic. */
    long images() {
        long images = first();
        for (long position = first(); position < Collections.max(next); position += batchSize) {
            images += has(position) ? batchSize : 0;
        }
        return images;
    }
}
