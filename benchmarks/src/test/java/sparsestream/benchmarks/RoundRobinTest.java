package sparsestream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    @Test
    void everyRoundBeginsWithAnotherContestant() {
        List<String> turns = new ArrayList<>();
        RoundRobin.medians(List.of("a", "b", "c"), 3, contestant -> {
            turns.add(contestant);
            return 0;
        });
        assertThat(turns).containsExactly("a", "b", "c", "b", "c", "a", "c", "a", "b");
    }

    @Test
    void theMedianOfTheRoundsCounts() {
        Iterator<Double> rates = List.of(10.0, 900.0, 30.0).iterator();
        assertThat(RoundRobin.medians(List.of("a"), 3, contestant -> rates.next()))
                .containsEntry("a", 30.0);
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMiddleOfTheMiddleTwo() {
        assertThat(RoundRobin.median(List.of(4.0, 1.0, 100.0, 2.0))).isEqualTo(3.0);
    }
}
