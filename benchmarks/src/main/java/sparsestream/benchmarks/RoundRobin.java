package sparsestream.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Measures contestants in turns, so that what disturbs the machine for a while disturbs them all alike. */
final class RoundRobin {
    private RoundRobin() {}

    /**
     * Measures each contestant once a round, each round beginning with another of them.
     *
     * @return the median for each
     */
    static <T> Map<T, Double> medians(List<T> contestants, int rounds, ToDoubleFunction<T> measure) {
        Map<T, List<Double>> rates = new LinkedHashMap<>();
        contestants.forEach(contestant -> rates.put(contestant, new ArrayList<>()));
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < contestants.size(); i++) {
                T contestant = contestants.get((round + i) % contestants.size());
                rates.get(contestant).add(measure.applyAsDouble(contestant));
            }
        }
        Map<T, Double> medians = new LinkedHashMap<>();
        rates.forEach((contestant, values) -> medians.put(contestant, median(values)));
        return medians;
    }

    /** The middle value; of an even number of values, the mean of the two in the middle. */
    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
