package sparsestream.benchmarks;

import sparsestream.producer.Dataset;
import sparsestream.producer.DatasetException;
import sparsestream.producer.Datasets;
import sparsestream.producer.Split;

/**
 * What models learn, and what they are measured on.
 *
 * @param learned images to train on
 * @param measured images that no model has learned
 */
record Digits(Dataset learned, Dataset measured) {
    /** Training images that are kept back for choosing: MNIST's own have as many test images. */
    private static final int VALIDATION = 10_000;

    /** The training images, and the test images for figures that nothing is chosen by. */
    static Digits load(String name) {
        return new Digits(datasets().load(name, Split.TRAIN), datasets().load(name, Split.HELD_OUT));
    }

    /**
     * Training images alone: the last 10,000 of them to choose by, so that the test images stay unseen until all is chosen.
     *
     * @throws DatasetException if there are too few
     */
    static Digits loadForChoosing(String name) {
        Dataset train = datasets().load(name, Split.TRAIN);
        int learned = train.count() - VALIDATION;
        if (learned < 1) {
            throw new DatasetException("%s has %s training images; %s of them are kept back to choose by"
                    .formatted(name, train.count(), VALIDATION));
        }
        return new Digits(train.range(0, learned), train.range(learned, train.count()));
    }

    private static Datasets datasets() {
        return Datasets.ofProcess(progress -> {});
    }
}
