package sparsestream.producer;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Back-pressure: how far the stream may run ahead of those who learn from it, so that it fills neither the disk nor
 * outruns the topic's retention.
 *
 * <p>A consumer's place is its committed offset. A trainer commits with its checkpoints, so the limit must hold what it
 * learns in several checkpoint intervals, or it starves.
 *
 * @param images most images between the slowest group's committed offset and the end of the stream
 * @param groups consumer groups to wait for, at least one
 */
public record LeadLimit(long images, Set<String> groups) {
    /**
     * A limit for these groups.
     *
     * @throws IllegalArgumentException if there is no group or the limit is not positive
     */
    public LeadLimit {
        groups = Set.copyOf(groups);
        if (groups.isEmpty()) {
            throw new IllegalArgumentException("the lead is limited for no consumer group");
        }
        if (images < 1) {
            throw new IllegalArgumentException("the lead must be at least 1 image, got " + images);
        }
    }

    /**
     * The offsets that the lead follows from.
     *
     * @param first by partition, the offset of the oldest record: where a group without a committed offset will begin
     * @param end by partition, the offset after the newest record
     * @param committed each group's committed offsets
     */
    record Offsets(
            Map<TopicPartition, Long> first,
            Map<TopicPartition, Long> end,
            Collection<Map<TopicPartition, Long>> committed) {
        /** Records that the slowest group has yet to read. */
        long lag() {
            return committed.stream().mapToLong(this::lag).max().orElse(0);
        }

        private long lag(Map<TopicPartition, Long> group) {
            return end.keySet().stream()
                    .mapToLong(partition -> {
                        long oldest = first.get(partition);
                        return end.get(partition) - Math.max(oldest, group.getOrDefault(partition, oldest));
                    })
                    .map(lag -> Math.max(0, lag))
                    .sum();
        }
    }

    /** Images that may be sent in addition to those in flight; not positive if the slowest group must catch up first. */
    long allowance(Offsets offsets, int batchSize, long imagesInFlight) {
        return images - offsets.lag() * batchSize - imagesInFlight;
    }
}
