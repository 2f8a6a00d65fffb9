package sparsestream.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import sparsestream.contract.Topic;

/** Creates the topics that are missing and says how the others differ; it never changes a topic. */
public final class TopicCreation {
    private static final short BROKER_DEFAULT_REPLICATION = -1;

    private TopicCreation() {}

    /**
     * Creates those of the topics that do not exist; another creator at the same time does no harm.
     *
     * @return one line for each setting of an existing topic that is not as wanted, to show to whoever started this;
     *     more partitions than wanted are no difference
     * @throws KafkaException if the cluster cannot be reached or refuses
     */
    public static List<String> ensure(Admin admin, Collection<Topic> topics) {
        List<String> differences = new ArrayList<>();
        for (Topic topic : topics) {
            try {
                differences.addAll(ensure(admin, topic));
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

    private static List<String> ensure(Admin admin, Topic topic) {
        Optional<TopicDescription> existing = describe(admin, topic);
        if (existing.isPresent()) {
            return differences(admin, topic, existing.get());
        }
        create(admin, topic);
        return List.of();
    }

    private static Optional<TopicDescription> describe(Admin admin, Topic topic) {
        try {
            return Optional.of(await(admin.describeTopics(List.of(topic.name()))
                    .topicNameValues()
                    .get(topic.name())));
        } catch (UnknownTopicOrPartitionException e) {
            return Optional.empty();
        }
    }

    private static void create(Admin admin, Topic topic) {
        NewTopic wanted = new NewTopic(topic.name(), topic.partitions(), BROKER_DEFAULT_REPLICATION);
        wanted.configs(topic.settings());
        try {
            await(admin.createTopics(List.of(wanted)).all());
        } catch (TopicExistsException e) {
            // Another service was faster, with the same settings.
        }
    }

    private static List<String> differences(Admin admin, Topic topic, TopicDescription existing) {
        List<String> differences = new ArrayList<>();
        int partitions = existing.partitions().size();
        if (partitions < topic.partitions()) {
            differences.add("topic %s has %d partitions, wanted are %d"
                    .formatted(topic.name(), partitions, topic.partitions()));
        }
        if (topic.settings().isEmpty()) {
            return differences;
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        try {
            Config config =
                    await(admin.describeConfigs(List.of(resource)).values().get(resource));
            topic.settings().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .flatMap(setting -> difference(topic, setting, config).stream())
                    .forEach(differences::add);
        } catch (AuthorizationException e) {
            differences.add("topic %s: its settings may not be read: %s".formatted(topic.name(), e.getMessage()));
        }
        return differences;
    }

    private static Optional<String> difference(Topic topic, Map.Entry<String, String> setting, Config config) {
        var entry = config.get(setting.getKey());
        String actual = entry == null ? "unknown" : entry.value();
        if (setting.getValue().equals(actual)) {
            return Optional.empty();
        }
        return Optional.of("topic %s has %s=%s, wanted is %s"
                .formatted(topic.name(), setting.getKey(), actual, setting.getValue()));
    }

    private static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException refused ? refused : new KafkaException(e.getCause());
        }
    }
}
