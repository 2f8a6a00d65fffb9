package sparsestream.merge;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.DType;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.MergePosition;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Tensor;
import sparsestream.model.ModelState;
import sparsestream.model.StreamModel;

/**
 * What replicas go on from after a round.
 *
 * @param version which is the number of the round
 * @param position which contributions are in it
 * @param parameters see {@link SharedTensors}; not copied
 */
public record MergedModel(long version, MergePosition position, Map<String, float[]> parameters) {
    /**
     * The model in a public checkpoint; empty if that is not a merged one.
     *
     * @throws MalformedMessageException if it is damaged
     */
    public static Optional<MergedModel> decode(Checkpoint checkpoint) throws MalformedMessageException {
        Optional<MergePosition> position = MergePosition.of(checkpoint.contents());
        if (position.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Tensor> tensors =
                PublishedModel.decode(checkpoint.contents()).tensors();
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            if (tensor.getValue().dtype() != DType.F32) {
                throw new MalformedMessageException(tensor.getKey(), "is " + tensor.getValue() + ", not F32");
            }
        }
        return Optional.of(new MergedModel(checkpoint.version(), position.get(), SharedTensors.ofPublished(tensors)));
    }

    /**
     * Replaces the parameters of a replica; its moments and counts stay its own.
     *
     * @throws IllegalArgumentException if the model is of another architecture; it then stays as it was
     */
    void replaceIn(StreamModel model) {
        ModelState state = model.state();
        Map<String, float[]> tensors = new LinkedHashMap<>(state.tensors());
        tensors.replaceAll((name, own) -> parameters.getOrDefault(name, own));
        if (!tensors.keySet().containsAll(parameters.keySet())) {
            throw new IllegalArgumentException(
                    "the merged model has " + parameters.keySet() + ", not all of which are in this architecture");
        }
        model.restore(new ModelState(state.step(), state.images(), tensors));
    }
}
