package sparsestream.contract;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A model as anyone may use it: the contents of a checkpoint on {@code model.checkpoints}.
 *
 * <p>Tensors are named as {@link LayerNames} says, and laid out as PyTorch lays them out. The networks are multilayer perceptrons: a leaky rectifier of slope 0.2
 * after all layers but the last, whose outputs are logits of pixels where the network draws images.
 *
 * <p>A tensor that is smaller that way is stored sparsely, as {@link SparseLayout} says; here all are dense.
 *
 * @param model such as {@code vae}
 * @param imageNetwork the network that turns latent vectors into images, such as {@code decoder}
 * @param height of an image, in pixels
 * @param width of an image, in pixels
 * @param step batches learned
 * @param images images learned
 * @param inputFrom first offset of {@code images.batches} that has been learned, inclusive
 * @param inputTo last of them, exclusive
 * @param zeroRatio share of weights, biases not counted, that are exactly zero
 * @param weightsSha256 of all parameters that are being trained, little-endian, in lower-case hexadecimal
 * @param tensors by name
 */
public record PublishedModel(
        String model,
        String imageNetwork,
        int height,
        int width,
        long step,
        long images,
        long inputFrom,
        long inputTo,
        double zeroRatio,
        String weightsSha256,
        Map<String, Tensor> tensors) {

    public PublishedModel {
        tensors = new LinkedHashMap<>(tensors);
        Objects.requireNonNull(model, "model");
        if (height < 1 || height > ImageBatch.MAX_SIDE || width < 1 || width > ImageBatch.MAX_SIDE) {
            throw new IllegalArgumentException("images of " + height + "×" + width + " pixels");
        }
    }

    /** The same with tensors that are of no network. */
    public PublishedModel with(Map<String, Tensor> more) {
        Map<String, Tensor> all = new LinkedHashMap<>(tensors);
        all.putAll(more);
        return new PublishedModel(
                model, imageNetwork, height, width, step, images, inputFrom, inputTo, zeroRatio, weightsSha256, all);
    }

    /** Share of each layer's weights, biases not counted, that are exactly zero, by {@code NETWORK.LAYER}. */
    public Map<String, Double> layerZeroRatios() {
        Map<String, Double> ratios = new LinkedHashMap<>();
        tensors.forEach((name, tensor) ->
                LayerNames.ofWeight(name).ifPresent(layer -> ratios.put(layer, zeroRatio(tensor.floats()))));
        return ratios;
    }

    private static double zeroRatio(float[] weights) {
        long zeros = 0;
        for (float weight : weights) {
            zeros += weight == 0f ? 1 : 0;
        }
        return (double) zeros / weights.length;
    }

    public Safetensors encode() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("model", model);
        metadata.put("image_network", imageNetwork);
        metadata.put("height", String.valueOf(height));
        metadata.put("width", String.valueOf(width));
        metadata.put("step", String.valueOf(step));
        metadata.put("images", String.valueOf(images));
        metadata.put("input_from", String.valueOf(inputFrom));
        metadata.put("input_to", String.valueOf(inputTo));
        metadata.put("zero_ratio", String.valueOf(zeroRatio));
        metadata.put("weights_sha256", weightsSha256);
        return new Safetensors(metadata, SparseLayout.pack(tensors));
    }

    /**
     * The model in a checkpoint.
     *
     * @throws MalformedMessageException if the metadata are not those of a published model
     */
    public static PublishedModel decode(Safetensors contents) throws MalformedMessageException {
        Metadata metadata = new Metadata(contents.metadata());
        int height = (int) metadata.integer("height", 1, ImageBatch.MAX_SIDE);
        int width = (int) metadata.integer("width", 1, ImageBatch.MAX_SIDE);
        return new PublishedModel(
                metadata.text("model"),
                metadata.text("image_network"),
                height,
                width,
                metadata.integer("step", 0, Long.MAX_VALUE),
                metadata.integer("images", 0, Long.MAX_VALUE),
                metadata.integer("input_from", 0, Long.MAX_VALUE),
                metadata.integer("input_to", 0, Long.MAX_VALUE),
                metadata.number("zero_ratio"),
                metadata.text("weights_sha256"),
                SparseLayout.unpack(contents.tensors()));
    }
}
