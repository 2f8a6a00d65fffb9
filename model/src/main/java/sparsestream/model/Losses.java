package sparsestream.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a batch cost a model before it was learned: each term, mean over the images, in nats an image.
 *
 * @param terms in the order in which they are told
 * @param values one a term
 * @param watched the term that says how well the model does: its prequential mean is told
 * @param tracksStream whether a lasting rise of the watched term means that the stream has changed; a GAN's rises and falls as its
 *     game goes
 */
public record Losses(List<LossTerm> terms, List<Double> values, LossTerm watched, boolean tracksStream) {
    public Losses {
        terms = List.copyOf(terms);
        values = List.copyOf(values);
        if (terms.size() != values.size() || !terms.contains(watched)) {
            throw new IllegalArgumentException(
                    values.size() + " values of the terms " + terms + ", of which " + watched + " is watched");
        }
    }

    /** The value of a term. */
    public double of(LossTerm term) {
        return values.get(terms.indexOf(term));
    }

    /** The value of the watched term. */
    public double watchedValue() {
        return of(watched);
    }

    /** By the terms' names, in their order. */
    public Map<String, Double> byName() {
        Map<String, Double> byName = new LinkedHashMap<>();
        for (int i = 0; i < terms.size(); i++) {
            byName.put(terms.get(i).name(), values.get(i));
        }
        return byName;
    }
}
