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
    /** @throws IllegalArgumentException if there is no such tensor, or one of another size */
    void check(String name, int elements) {
        float[] tensor = tensors.get(name);
        if (tensor == null || tensor.length != elements) {
            throw new IllegalArgumentException("the state has " + (tensor == null ? "no" : tensor.length)
                    + " elements of " + name + " where this architecture has " + elements);
        }
    }
}
