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
 * labels} U8 [count]. Other tensors and the metadata are ignored.
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
     * The batch of a record on {@code images.batches}.
     *
     * @param value as read; null, which Kafka calls a tombstone, is refused
     * @throws MalformedMessageException if it is not such a batch
     */
    public static ImageBatch decode(byte[] value) throws MalformedMessageException {
        if (value == null || value.length == 0) {
            throw new MalformedMessageException("value", "is empty");
        }
        Map<String, Tensor> tensors = Safetensors.decode(value).tensors();
        if (!tensors.containsKey(IMAGES)) {
            throw new MalformedMessageException(IMAGES, "is missing");
        }
        Tensor images = requireBytes(IMAGES, tensors.get(IMAGES), 3);
        int[] shape = images.shape();
        requireSizes(shape);
        Optional<byte[]> labels = Optional.empty();
        if (tensors.containsKey(LABELS)) {
            Tensor known = requireBytes(LABELS, tensors.get(LABELS), 1);
            if (known.shape()[0] != shape[0]) {
                throw new MalformedMessageException(
                        LABELS + ".shape", known.shape()[0] + " labels for " + shape[0] + " images");
            }
            labels = Optional.of(known.bytes());
        }
        return new ImageBatch(shape[0], shape[1], shape[2], images.bytes(), labels);
    }

    private static Tensor requireBytes(String field, Tensor tensor, int rank) throws MalformedMessageException {
        if (tensor.dtype() != DType.U8) {
            throw new MalformedMessageException(field + ".dtype", "is " + tensor.dtype() + ", not U8");
        }
        if (tensor.shape().length != rank) {
            throw new MalformedMessageException(
                    field + ".shape", Arrays.toString(tensor.shape()) + " does not have " + rank + " dimensions");
        }
        return tensor;
    }

    private static void requireSizes(int[] shape) throws MalformedMessageException {
        boolean legal = shape[0] >= 1 && shape[1] >= 1 && shape[1] <= MAX_SIDE && shape[2] >= 1 && shape[2] <= MAX_SIDE;
        if (!legal) {
            throw new MalformedMessageException(
                    IMAGES + ".shape",
                    Arrays.toString(shape) + " is not at least one image with sides from 1 to " + MAX_SIDE);
        }
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
