package sparsestream.producer;

import java.util.Arrays;
import java.util.Objects;

/**
 * Grey images with a label each, in memory. The arrays are shared, not copied: they are not to be written to.
 *
 * @param name what the records of its stream are keyed by
 * @param height rows of an image
 * @param width columns of an image
 * @param count number of images, at least one
 * @param images {@code [count, height, width]}, 0 black to 255 white
 * @param labels {@code [count]}
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; megabytes that are not worth a copy
public record Dataset(String name, int height, int width, int count, byte[] images, byte[] labels) {
    /**
     * @throws DatasetException if the name is blank, a size is not positive, or an array's length differs from what
     *     the sizes say
     */
    public Dataset {
        if (name.isBlank()) {
            throw new DatasetException("a dataset needs a name");
        }
        if (height < 1 || width < 1 || count < 1) {
            throw new DatasetException(
                    "%s: %s images of %s x %s pixels are not a dataset".formatted(name, count, height, width));
        }
        if (images.length / height / width != count || images.length % (height * (long) width) != 0) {
            throw new DatasetException("%s: %s images of %s x %s pixels do not fill %s bytes"
                    .formatted(name, count, height, width, images.length));
        }
        if (labels.length != count) {
            throw new DatasetException("%s: %s images but %s labels".formatted(name, count, labels.length));
        }
    }

    /**
     * The images {@code [from, to)}.
     *
     * @throws IndexOutOfBoundsException if there are no such images
     * @throws DatasetException if the range is empty
     */
    public Dataset range(int from, int to) {
        Objects.checkFromToIndex(from, to, count);
        return new Dataset(
                name,
                height,
                width,
                to - from,
                Arrays.copyOfRange(images, from * imageBytes(), to * imageBytes()),
                Arrays.copyOfRange(labels, from, to));
    }

    /** Bytes of one image. */
    public int imageBytes() {
        return height * width;
    }
}
