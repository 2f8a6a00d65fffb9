package sparsestream.model;

import java.util.Map;

/**
 * All that learning depends on besides the configuration.
 *
 * @param step batches learned
 * @param images images learned
 * @param tensors flat parameters, moments and averages by name, such as {@code encoder.values}
 */
public record ModelState(long step, long images, Map<String, float[]> tensors) {
    /**
     * Checks that the state is one of an architecture.
     *
     * @param sizes how many elements that has of each tensor
     * @throws IllegalArgumentException if one is missing or of another size
     */
    public void check(Map<String, Integer> sizes) {
        sizes.forEach((name, elements) -> {
            float[] tensor = tensors.get(name);
            if (tensor == null || tensor.length != elements) {
                throw new IllegalArgumentException("the state has " + (tensor == null ? "no" : tensor.length)
                        + " elements of " + name + " where this architecture has " + elements);
            }
        });
    }
}
