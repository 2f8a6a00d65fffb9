package sparsestream.model;

/**
 * One term of a model's loss.
 *
 * @param name in meters, events and contributions, such as {@code kl}
 * @param meaning one sentence
 */
public record LossTerm(String name, String meaning) {}
