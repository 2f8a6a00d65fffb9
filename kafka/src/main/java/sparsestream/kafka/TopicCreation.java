package sparsestream.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import sparsestream.contract.Topic;

/** Creates the topics that are missing and says how the others differ; it never changes a topic. */
public final class TopicCreation {
    private static final short BROKER_DEFAULT_REPLICATION = -1;

    private static final Duration LEADERS = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private TopicCreation() {}

    /**
     * Creates those of the topics that do not exist; another creator at the same time does no harm.
     *
     * @return one line for each existing topic that is not as wanted, to show to whoever started this; more partitions than
     *     wanted are no difference
     * @throws KafkaException if the cluster cannot be reached or refuses
     */
    public static List<String> ensure(Admin admin, Collection<Topic> topics) {
        List<String> differences = new ArrayList<>();
        for (Topic topic : topics) {
            try {
                ensure(admin, topic).ifPresent(differences::add);
            } catch (AuthorizationException e) {
                // The broker's own words don't name the topic.
                throw new TopicAuthorizationException(
                        "topic %s may not be described or created by this user: %s"
                                .formatted(topic.name(), e.getMessage()),
                        Set.of(topic.name()));
            }
        }
        return List.copyOf(differences);
    }

    /**
     * For a topic to which records are sent by the number of their partition.
     *
     * @throws KafkaException if it has not all of the partitions that it should, or the cluster cannot be reached or refuses
     */
    public static void requirePartitions(Admin admin, Topic topic) {
        int partitions =
                TopicLookup.partitions(admin, topic.name()).map(List::size).orElse(topic.partitions());
        if (partitions < topic.partitions()) {
            throw new InvalidPartitionsException(
                    "topic %s has %s partitions, and needs %s: somebody else has made it; delete it, or give it the others"
                            .formatted(topic.name(), partitions, topic.partitions()));
        }
    }

    private static Optional<String> ensure(Admin admin, Topic topic) {
        Optional<TopicDescription> existing = TopicLookup.describe(admin, topic.name());
        if (existing.isEmpty()) {
            // If another service is faster, it uses the same settings; but the broker may be, which uses its own.
            existing = create(admin, topic) ? Optional.empty() : TopicLookup.describe(admin, topic.name());
        }
        return existing.flatMap(found -> difference(admin, topic, found));
    }

    /** Returns false if it is there already. */
    private static boolean create(Admin admin, Topic topic) {
        NewTopic wanted = new NewTopic(topic.name(), topic.partitions(), BROKER_DEFAULT_REPLICATION);
        wanted.configs(topic.settings());
        try {
            Answers.await(admin.createTopics(List.of(wanted)).all());
            awaitLeaders(admin, topic);
            return true;
        } catch (TopicExistsException e) {
            return false;
        } catch (AuthorizationException | RetriableException e) {
            throw e;
        } catch (ApiException e) {
            throw new KafkaException("topic %s can't be created".formatted(topic.name()), e);
        }
    }

    /**
     * Brokers know of a new partition a moment before they take records for it. Of an idempotent producer's first two batches the second
     * could then arrive before the first, which is refused for ever.
     */
    private static void awaitLeaders(Admin admin, Topic topic) {
        Map<TopicPartition, OffsetSpec> ends = IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        long giveUpNanos = System.nanoTime() + LEADERS.toNanos();
        while (true) {
            try {
                // A client complains loudly of a topic that the broker does not know, so that is asked for first.
                if (TopicLookup.describe(admin, topic.name()).isPresent()) {
                    Answers.await(admin.listOffsets(ends).all());
                    return;
                }
            } catch (RetriableException e) {
                if (System.nanoTime() > giveUpNanos) {
                    throw e;
                }
            }
            if (System.nanoTime() > giveUpNanos) {
                throw new TimeoutException("topic %s was created and has no leader".formatted(topic.name()));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private static Optional<String> difference(Admin admin, Topic topic, TopicDescription existing) {
        List<String> differences = new ArrayList<>();
        int partitions = existing.partitions().size();
        if (partitions < topic.partitions()) {
            differences.add("%s partitions (wanted: %s)".formatted(partitions, topic.partitions()));
        }
        try {
            differences.addAll(settingsThatDiffer(admin, topic));
        } catch (AuthorizationException e) {
            differences.add("settings that this user may not read (%s)".formatted(e.getMessage()));
        }
        return differences.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "topic %s has %s; it is used as it is".formatted(topic.name(), String.join(", ", differences)));
    }

    private static List<String> settingsThatDiffer(Admin admin, Topic topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        Config config =
                Answers.await(admin.describeConfigs(List.of(resource)).values().get(resource));
        return topic.settings().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .filter(setting -> !setting.getValue().equals(actual(setting.getKey(), config)))
                .map(setting -> "%s=%s (wanted: %s)"
                        .formatted(setting.getKey(), actual(setting.getKey(), config), setting.getValue()))
                .toList();
    }

    private static String actual(String setting, Config config) {
        var entry = config.get(setting);
        return entry == null ? "unknown" : entry.value();
    }
}
