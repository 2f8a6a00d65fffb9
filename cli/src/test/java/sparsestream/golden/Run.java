package sparsestream.golden;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Training of one small model.
 *
 * @param topicPrefix of all its topics
 * @param id of the run, which it shares with those of other models
 * @param model {@code vae} or {@code gan}
 * @param side of an image, in pixels
 * @param heldOut images [count, 784] by which it is watched; empty if it is not
 * @param mergeEvery batches, or 0 if it is not merged
 */
public record Run(String topicPrefix, String id, String model, int side, Optional<byte[]> heldOut, int mergeEvery) {
    static List<Run> ofBothModels(String topicPrefix, String id, int side, Optional<byte[]> heldOut, int mergeEvery) {
        return Stream.of("vae", "gan")
                .map(model -> new Run(topicPrefix, id, model, side, heldOut, mergeEvery))
                .toList();
    }

    @Override
    public String toString() {
        return id + " " + model;
    }
}
