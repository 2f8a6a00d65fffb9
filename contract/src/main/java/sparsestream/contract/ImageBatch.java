package sparsestream.contract;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Grey images that are learned together: the value of a record on {@code images.batches}.
 *
 * <p>On the wire a safetensors file with {@code images} U8 [count, height, width] and, where they are known, {@code
 * labels} U8 [count]. Batches of other writers may have floats from 0 to 1, a channel dimension of 1 before or after height and width,
 * and labels of any integer type. Other tensors and the metadata are ignored.
 *
 * <p>The arrays are not copied: who makes a batch hands them over, who reads them leaves them as they are.
 *
 * @param count number of images, at least 1
 * @param height in pixels, from 1 to {@value #MAX_SIDE}
 * @param width in pixels, from 1 to {@value #MAX_SIDE}
 * @param images pixels [count, height, width], 0 black to 255 white
 * @param labels class of each image [count], an unsigned byte
 */
@SuppressWarnings("ArrayRecordComponent") // A batch is read once, on the hot path; equality is by content.
public record ImageBatch(int count, int height, int width, byte[] images, Optional<byte[]> labels) {
    public static final int MAX_SIDE = 4096;

    private static final String IMAGES = "images";
    private static final String LABELS = "labels";

    /**
     * A batch of these pixels.
     *
     * @throws IllegalArgumentException if a size is out of range or an array has another length than the sizes give
     */
    public ImageBatch {
        if (count < 1) {
            throw new IllegalArgumentException("a batch of " + count + " images");
        }
        if (height < 1 || height > MAX_SIDE || width < 1 || width > MAX_SIDE) {
            throw new IllegalArgumentException("images of " + height + "×" + width + " pixels");
        }
        if (images.length != (long) count * height * width) {
            throw new IllegalArgumentException(images.length + " pixels are not those of " + count + " images of "
                    + height + "×" + width + " pixels");
        }
        if (labels.isPresent() && labels.get().length != count) {
            throw new IllegalArgumentException(labels.get().length + " labels for " + count + " images");
        }
    }

    public byte[] encode() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put(IMAGES, Tensor.ofBytes(images, count, height, width));
        labels.ifPresent(known -> tensors.put(LABELS, Tensor.ofBytes(known, count)));
        return new Safetensors(Map.of(), tensors).encode();
    }

    /**
     * The batch of a record on {@code images.batches}, of images of any size.
     *
     * @param value as read; null, which Kafka calls a tombstone, is refused
     * @throws MalformedMessageException if it is not such a batch, or may be of two sizes; the message says how to convert it
     */
    public static ImageBatch decode(byte[] value) throws MalformedMessageException {
        return decode(value, Optional.empty());
    }

    /**
     * The batch of a record on {@code images.batches}, of images of one size.
     *
     * @param value as read; null, which Kafka calls a tombstone, is refused
     * @throws MalformedMessageException if it is not such a batch; the message says how to convert it
     */
    public static ImageBatch decode(byte[] value, int height, int width) throws MalformedMessageException {
        return decode(value, Optional.of(new ImageSize(height, width)));
    }

    private static ImageBatch decode(byte[] value, Optional<ImageSize> wanted) throws MalformedMessageException {
        if (value == null || value.length == 0) {
            throw new MalformedMessageException("value", "is empty");
        }
        Map<String, Tensor> tensors = Safetensors.decode(value).tensors();
        Tensor images = tensors.get(IMAGES);
        if (images == null) {
            throw new MalformedMessageException(IMAGES, "is missing");
        }
        BatchShape shape = BatchShape.of(images.shape(), wanted);
        int count = shape.count();
        byte[] pixels = Intensities.of(images, count);
        Optional<byte[]> labels =
                tensors.containsKey(LABELS) ? Optional.of(Labels.of(tensors.get(LABELS), count)) : Optional.empty();
        return new ImageBatch(count, shape.size().height(), shape.size().width(), pixels, labels);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImageBatch that
                && height == that.height
                && width == that.width
                && Arrays.equals(images, that.images)
                && Arrays.equals(labels.orElse(null), that.labels.orElse(null));
    }

    @Override
    public int hashCode() {
        return Objects.hash(height, width, Arrays.hashCode(images), Arrays.hashCode(labels.orElse(null)));
    }

    @Override
    public String toString() {
        return "%s images of %s×%s, %s"
                .formatted(count, height, width, labels.isPresent() ? "labelled" : "without labels");
    }
}
