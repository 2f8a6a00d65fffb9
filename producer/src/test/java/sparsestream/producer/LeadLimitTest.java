package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LeadLimitTest {
    private static final TopicPartition P0 = new TopicPartition("t", 0);
    private static final TopicPartition P1 = new TopicPartition("t", 1);
    private static final LeadLimit LIMIT = new LeadLimit(1_000, Set.of("vae", "gan"));

    @Test
    void theSlowestGroupCounts() {
        LeadLimit.Offsets offsets =
                new LeadLimit.Offsets(Map.of(P0, 0L), Map.of(P0, 10L), List.of(Map.of(P0, 9L), Map.of(P0, 4L)));

        assertThat(offsets.lag()).isEqualTo(6);
        assertThat(LIMIT.allowance(offsets, 100, 0)).isEqualTo(400);
        assertThat(LIMIT.allowance(offsets, 100, 500)).isEqualTo(-100);
    }

    @Test
    void aGroupThatHasNotCommittedBeginsAtTheOldestRecord() {
        LeadLimit.Offsets offsets =
                new LeadLimit.Offsets(Map.of(P0, 3L), Map.of(P0, 10L), List.of(Map.of(P0, 10L), Map.of()));

        assertThat(offsets.lag()).isEqualTo(7);
    }

    @Test
    void recordsThatRetentionDeletedAreNotWaitedFor() {
        LeadLimit.Offsets offsets = new LeadLimit.Offsets(Map.of(P0, 8L), Map.of(P0, 10L), List.of(Map.of(P0, 1L)));

        assertThat(offsets.lag()).isEqualTo(2);
    }

    @Test
    void lagAddsUpOverPartitionsAndIsNeverNegative() {
        // Offsets of groups are read before the topic's end, yet a replica may report an older end.
        LeadLimit.Offsets offsets = new LeadLimit.Offsets(
                Map.of(P0, 0L, P1, 0L), Map.of(P0, 10L, P1, 5L), List.of(Map.of(P0, 12L, P1, 1L)));

        assertThat(offsets.lag()).isEqualTo(4);
    }

    @Test
    void aLimitNeedsGroupsAndImages() {
        assertThatThrownBy(() -> new LeadLimit(1, Set.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LeadLimit(0, Set.of("vae")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the lead must be at least 1 image, got 0");
    }
}
