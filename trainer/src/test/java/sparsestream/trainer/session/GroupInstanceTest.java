package sparsestream.trainer.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class GroupInstanceTest {
    private final String group = "group-" + UUID.randomUUID();

    @Test
    void trainersOfOneGroupOnOneMachineHaveNamesOfTheirOwn() {
        try (GroupInstance first = GroupInstance.take(group).orElseThrow();
                GroupInstance second = GroupInstance.take(group).orElseThrow()) {
            assertThat(first.name()).endsWith("-0");
            assertThat(second.name()).endsWith("-1").isNotEqualTo(first.name());
        }
    }

    @Test
    void whoComesAfterOneThatEndedHasItsName() {
        String name;
        try (GroupInstance first = GroupInstance.take(group).orElseThrow()) {
            name = first.name();
        }
        try (GroupInstance second = GroupInstance.take(group).orElseThrow()) {
            assertThat(second.name()).isEqualTo(name);
        }
    }

    @Test
    void groupsDoNotShareNames() {
        try (GroupInstance one = GroupInstance.take(group).orElseThrow();
                GroupInstance other = GroupInstance.take(group + "-other").orElseThrow()) {
            assertThat(one.name()).isEqualTo(other.name()).endsWith("-0");
        }
    }
}
