package sparsestream.merge;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sparsestream.contract.DType;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.MergePosition;
import sparsestream.contract.Metadata;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Tensor;
import sparsestream.model.ModelState;
import sparsestream.model.StreamModel;

/**
 * The merged model after a round, and what the next one needs besides the contributions.
 *
 * @param version number of the round; 0 before the first
 * @param batches learned by all replicas
 * @param images learned by all replicas
 * @param inputFrom lowest offset that any replica began with
 * @param expected partitions that the next round waits for: those that the last one had, and all before the first
 * @param parameters flat, by name, see {@link SharedTensors}; not copied
 * @param velocity of the outer step, by the names of those parameters that are trained; not copied
 */
public record MergeState(
        MergePosition position,
        long version,
        long batches,
        long images,
        long inputFrom,
        List<Integer> expected,
        Map<String, float[]> parameters,
        Map<String, float[]> velocity) {
    private static final String VELOCITY = "velocity.";

    /** Before the first round: a new model, and no velocity. */
    public static MergeState begin(MergePosition position, StreamModel model) {
        Map<String, float[]> parameters = SharedTensors.of(model);
        Map<String, float[]> velocity = new LinkedHashMap<>();
        parameters.forEach((name, values) -> {
            if (name.endsWith(SharedTensors.VALUES)) {
                velocity.put(name, new float[values.length]);
            }
        });
        List<Integer> all = IntStream.range(0, position.partitions()).boxed().toList();
        return new MergeState(position, 0, 0, 0, Long.MAX_VALUE, all, parameters, velocity);
    }

    /** What replicas go on from. */
    public MergedModel model() {
        return new MergedModel(version, position, parameters);
    }

    /** Puts parameters and counts into a model of the same architecture, whose moments stay as they are. */
    public void putInto(StreamModel model) {
        Map<String, float[]> tensors = new LinkedHashMap<>(model.state().tensors());
        tensors.putAll(parameters);
        model.restore(new ModelState(batches, images, tensors));
    }

    Safetensors encode() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("version", String.valueOf(version));
        metadata.put("batches", String.valueOf(batches));
        metadata.put("images", String.valueOf(images));
        metadata.put("input_from", String.valueOf(inputFrom));
        metadata.put("expected", expected.stream().map(String::valueOf).collect(Collectors.joining(" ")));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        parameters.forEach((name, values) -> tensors.put(name, Tensor.ofFloats(values, values.length)));
        velocity.forEach((name, values) -> tensors.put(VELOCITY + name, Tensor.ofFloats(values, values.length)));
        return position.addTo(new Safetensors(metadata, tensors));
    }

    private static List<Integer> partitions(String text) throws MalformedMessageException {
        try {
            return Arrays.stream(text.split(" ", -1)).map(Integer::valueOf).toList();
        } catch (NumberFormatException e) {
            throw new MalformedMessageException("__metadata__.expected", "is not a list of partitions", e);
        }
    }

    static MergeState decode(Safetensors contents) throws MalformedMessageException {
        Metadata metadata = new Metadata(contents.metadata());
        Map<String, float[]> parameters = new LinkedHashMap<>();
        Map<String, float[]> velocity = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> tensor : contents.tensors().entrySet()) {
            String name = tensor.getKey();
            if (tensor.getValue().dtype() != DType.F32) {
                throw new MalformedMessageException(name, "is " + tensor.getValue() + ", not F32");
            }
            if (name.startsWith(VELOCITY)) {
                velocity.put(
                        name.substring(VELOCITY.length()), tensor.getValue().floats());
            } else {
                parameters.put(name, tensor.getValue().floats());
            }
        }
        return new MergeState(
                MergePosition.of(contents)
                        .orElseThrow(() -> new MalformedMessageException("__metadata__", "is not that of a merge")),
                metadata.integer("version", 0, Long.MAX_VALUE),
                metadata.integer("batches", 0, Long.MAX_VALUE),
                metadata.integer("images", 0, Long.MAX_VALUE),
                metadata.integer("input_from", 0, Long.MAX_VALUE),
                partitions(metadata.text("expected")),
                parameters,
                velocity);
    }
}
