package sparsestream.model.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void everyPartRunsOnceAndRunReturnsWhenAllHaveEnded(int size) {
        AtomicIntegerArray runs = new AtomicIntegerArray(size);
        try (Team team = new Team(size)) {
            for (int i = 1; i <= 1000; i++) {
                team.run(runs::incrementAndGet);
                for (int part = 0; part < size; part++) {
                    assertThat(runs.get(part)).isEqualTo(i);
                }
            }
        }
    }

    @Test
    void partsCoverAllRowsInOrderAndBeginAtWholeBlocks() {
        for (int size = 1; size <= 7; size++) {
            try (Team team = new Team(size)) {
                for (int count = 0; count < 300; count++) {
                    assertThat(team.from(0, count)).isZero();
                    assertThat(team.to(size - 1, count)).isEqualTo(count);
                    for (int part = 0; part < size; part++) {
                        assertThat(team.to(part, count)).isGreaterThanOrEqualTo(team.from(part, count));
                        int from = team.from(part, count);
                        assertThat(from % Blas.BLOCK == 0 || from == count).isTrue();
                    }
                }
            }
        }
    }

    @Test
    void aFailureOnAnotherThreadReachesTheCallerAndTheTeamWorksOn() {
        try (Team team = new Team(3)) {
            for (Throwable cause :
                    new Throwable[] {new IllegalArgumentException("bad"), new OutOfMemoryError("all gone")}) {
                Assertions.assertTimeoutPreemptively(DEADLINE, () -> {
                    assertThatThrownBy(() -> team.run(part -> failIn(2, part, cause)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasCause(cause);
                    assertThatThrownBy(() -> team.run(part -> failIn(0, part, cause)))
                            .isSameAs(cause);
                    AtomicInteger parts = new AtomicInteger();
                    team.run(part -> parts.incrementAndGet());
                    assertThat(parts).hasValue(3);
                });
            }
        }
    }

    private static void failIn(int failing, int part, Throwable cause) {
        if (part == failing) {
            if (cause instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) cause;
        }
    }

    @Test
    void aClosedTeamEndsItsThreadsAndRefusesWork() {
        Team team = new Team(2);
        Thread[] worker = new Thread[2];
        team.run(part -> worker[part] = Thread.currentThread());
        team.close();
        team.close();
        Assertions.assertTimeoutPreemptively(DEADLINE, () -> {
            worker[1].join();
            assertThatThrownBy(() -> team.run(part -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the team is closed");
        });
    }

    @Test
    void aTeamNeedsAThread() {
        assertThatThrownBy(() -> new Team(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--threads must be at least 1, got 0");
    }
}
