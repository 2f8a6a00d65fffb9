package sparsestream.sampler.gallery;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A history of bounded length that still spans all of it. When it is full, the element whose neighbours are nearest to one another goes;
 * the first and the last always stay. So what is left lies about evenly, by whatever measure of position was chosen. Safe for
 * use by several threads.
 */
final class Thinned<T> {
    private final int capacity;
    private final ToDoubleFunction<T> position;
    private final List<T> elements = new ArrayList<>();

    /** @param position grows from each element to the next */
    Thinned(int capacity, ToDoubleFunction<T> position) {
        if (capacity < 3) {
            throw new IllegalArgumentException("a capacity of " + capacity + " leaves nothing to choose from");
        }
        this.capacity = capacity;
        this.position = position;
    }

    /** Appends, unless the position is not beyond the last one; answers what had to go. */
    synchronized Optional<T> add(T element) {
        if (!elements.isEmpty() && !(at(element) > at(elements.get(elements.size() - 1)))) {
            return Optional.empty();
        }
        elements.add(element);
        return elements.size() > capacity ? Optional.of(elements.remove(crowded())) : Optional.empty();
    }

    /** Oldest first. */
    synchronized List<T> all() {
        return List.copyOf(elements);
    }

    private int crowded() {
        int crowded = 1;
        double narrowest = Double.POSITIVE_INFINITY;
        for (int i = 1; i + 1 < elements.size(); i++) {
            double gap = at(elements.get(i + 1)) - at(elements.get(i - 1));
            if (gap < narrowest) {
                narrowest = gap;
                crowded = i;
            }
        }
        return crowded;
    }

    private double at(T element) {
        return position.applyAsDouble(element);
    }
}
