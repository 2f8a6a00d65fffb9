package sparsestream.trainer.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sparsestream.trainer.watch.WatchConfig;

/**
 * The same with a model that learns so fast that it gets worse now and then, is evaluated every second step and goes back when it was
 * refused twice in a row.
 */
class WatchedSimulationTest extends SimulationTest {
    @Override
    TrainerConfig config() {
        WatchConfig watch = new WatchConfig(2, 0, 2, 0.9, 2, 3);
        return config(Fixtures.restlessVae(), Optional.of(Fixtures.heldOut()), watch);
    }

    @Override
    long schedules() {
        return 200;
    }

    /** Otherwise the simulation would not show what it is for. */
    @Test
    void theModelIsPublishedNowAndThenRefusedAndTakenBack() {
        List<String> ids = notices.values().stream().flatMap(List::stream).toList();
        assertThat(ids).anyMatch(id -> id.contains("/gate/")).anyMatch(id -> id.contains("/rollback/"));
        assertThat(publishable).hasSizeBetween(4, 13);
    }
}
