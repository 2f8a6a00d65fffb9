package sparsestream.producer;

import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import sparsestream.contract.ImageBatch;

/**
 * A dataset's stream that {@linkplain Drift changes} on its way; like any stream a pure function of (datasets, drift, seed, position).
 *
 * <p>While it goes over from some images to others, each image is one of the others with a chance that grows.
 */
public final class DriftingStream implements ImageStream {
    /** Classes below it come first. */
    private static final int FIRST_OF_LATER_CLASSES = 5;

    /** Deviation of the noise, in grey levels, when all of it is there. */
    private static final double NOISE_DEVIATION = 64;

    private final Drift drift;
    private final long seed;
    private final String name;
    private final BatchSchedule before;
    private final BatchSchedule after;

    /**
     * @param other the one to go over to, where the drift names one
     * @throws DatasetException if the two datasets have images of different sizes, or not all the classes that the drift needs
     */
    public DriftingStream(Dataset dataset, Drift drift, Optional<Dataset> other, long seed) {
        this.drift = drift;
        this.seed = seed;
        this.name = dataset.name() + "+" + drift;
        boolean classes = drift.kind().equals(Drift.CLASSES);
        Dataset first = classes ? selected(dataset, false) : dataset;
        Dataset second = classes ? selected(dataset, true) : other.orElse(dataset);
        if (second.height() != first.height() || second.width() != first.width()) {
            throw new DatasetException("a stream can't go over from images of %s x %s to images of %s x %s"
                    .formatted(first.height(), first.width(), second.height(), second.width()));
        }
        this.before = new BatchSchedule(first, seed);
        this.after = new BatchSchedule(second, seed);
    }

    private static Dataset selected(Dataset dataset, boolean later) {
        int[] chosen = IntStream.range(0, dataset.count())
                .filter(i -> (dataset.labels()[i] & 0xff) >= FIRST_OF_LATER_CLASSES == later)
                .toArray();
        if (chosen.length == 0) {
            throw new DatasetException(
                    "%s has no images of classes %s 5".formatted(dataset.name(), later ? "from" : "below"));
        }
        int size = dataset.imageBytes();
        byte[] images = new byte[chosen.length * size];
        byte[] labels = new byte[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            System.arraycopy(dataset.images(), chosen[i] * size, images, i * size, size);
            labels[i] = dataset.labels()[chosen[i]];
        }
        return new Dataset(dataset.name(), dataset.height(), dataset.width(), chosen.length, images, labels);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ImageBatch batch(long position, int count) {
        ImageBatch first = before.batch(position, count);
        if (drift.progress(position + count - 1) == 0) {
            return first;
        }
        ImageBatch second = after.batch(position, count);
        int size = first.height() * first.width();
        byte[] images = first.images();
        byte[] labels = first.labels().orElseThrow();
        for (int i = 0; i < count; i++) {
            double progress = drift.progress(position + i);
            switch (drift.kind()) {
                case Drift.INVERT -> invert(images, i * size, size, progress);
                case Drift.NOISE -> addNoise(images, i * size, size, progress, random(position + i));
                default -> {
                    if (random(position + i).nextDouble() < progress) {
                        System.arraycopy(second.images(), i * size, images, i * size, size);
                        labels[i] = second.labels().orElseThrow()[i];
                    }
                }
            }
        }
        return new ImageBatch(count, first.height(), first.width(), images, Optional.of(labels));
    }

    /** Unlike those that shuffle the datasets. */
    private Random random(long position) {
        return Seeds.random(~seed, position);
    }

    private static void invert(byte[] images, int from, int size, double progress) {
        for (int i = from; i < from + size; i++) {
            int grey = images[i] & 0xff;
            images[i] = (byte) Math.round((1 - progress) * grey + progress * (255 - grey));
        }
    }

    private static void addNoise(byte[] images, int from, int size, double progress, Random random) {
        for (int i = from; i < from + size; i++) {
            double grey = (images[i] & 0xff) + progress * NOISE_DEVIATION * random.nextGaussian();
            images[i] = (byte) Math.round(Math.max(0, Math.min(255, grey)));
        }
    }
}
