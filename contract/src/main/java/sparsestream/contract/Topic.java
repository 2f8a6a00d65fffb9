package sparsestream.contract;

import java.util.Map;

/**
 * A Kafka topic with the settings that this pipeline relies on.
 *
 * @param name full name, prefix included
 * @param partitions number of partitions when the topic is created; an existing topic may have more
 * @param settings topic settings, by Kafka's own names
 */
public record Topic(String name, int partitions, Map<String, String> settings) {
    public Topic {
        settings = Map.copyOf(settings);
    }
}
