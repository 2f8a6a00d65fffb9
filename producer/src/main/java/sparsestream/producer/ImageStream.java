package sparsestream.producer;

import sparsestream.contract.ImageBatch;

/** An endless stream of images of which any part can be had at any time, always the same. */
public interface ImageStream {
    /** What records of this stream are keyed by; streams of other images have other names. */
    String name();

    /**
     * The batch of {@code count} images from {@code position} on.
     *
     * @throws IllegalArgumentException if the position is negative or the count not positive
     */
    ImageBatch batch(long position, int count);
}
