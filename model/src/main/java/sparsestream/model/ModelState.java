package sparsestream.model;

import java.util.Map;

/**
 * All that learning depends on besides the configuration.
 *
 * @param step batches learned
 * @param images images learned
 * @param tensors flat parameters, moments and averages by name, such as {@code encoder.values}
 */
public record ModelState(long step, long images, Map<String, float[]> tensors) {}
