package sparsestream.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import sparsestream.monitoring.Health.Check;
import sparsestream.monitoring.Health.Report;
import sparsestream.monitoring.Health.State;

class HealthTest {
    private final Health health = new Health();

    @Test
    void withNothingToWaitForAProcessIsLiveAndReady() {
        assertThat(health.liveness()).isEqualTo(new Report(State.UP, Map.of()));
        assertThat(health.readiness()).isEqualTo(new Report(State.UP, Map.of()));
    }

    @Test
    void anExpectedCheckIsNotReadyUntilItReports() {
        health.expect("kafka");
        assertThat(health.readiness())
                .isEqualTo(new Report(State.STARTING, Map.of("kafka", new Check(State.STARTING, "not reported yet"))));

        health.ready("kafka", true, "connected");
        assertThat(health.readiness().state()).isEqualTo(State.UP);
    }

    @Test
    void expectingACheckAgainKeepsWhatItReported() {
        health.ready("kafka", true, "connected");
        health.expect("kafka");
        assertThat(health.readiness().checks()).containsEntry("kafka", new Check(State.UP, "connected"));
    }

    @Test
    void oneCheckThatIsDownMakesTheWholeDown() {
        health.expect("checkpoint");
        health.ready("kafka", false, "no broker answers");
        health.ready("model", true, "loaded");
        assertThat(health.readiness().state()).isEqualTo(State.DOWN);
    }

    @Test
    void aPartThatIsNotReadyLeavesTheProcessLive() {
        health.ready("kafka", false, "no broker answers");
        assertThat(health.liveness().state()).isEqualTo(State.UP);
    }

    @Test
    void aPartThatIsNotLiveIsNotReadyEither() {
        health.ready("trainer", true, "learning");
        health.live("trainer", false, "the training thread ended");
        assertThat(health.liveness().state()).isEqualTo(State.DOWN);
        assertThat(health.readiness())
                .isEqualTo(
                        new Report(State.DOWN, Map.of("trainer", new Check(State.DOWN, "the training thread ended"))));
    }
}
