package sparsestream.contract;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;

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

    /** The same with more settings. */
    Topic with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(more);
        return new Topic(name, partitions, all);
    }

    /**
     * The same, stored in the codec that the settings of its writer name, if they name one. Otherwise the codec of the topic would
     * win over that which the user asks for.
     *
     * @param client settings of the writer's Kafka client that the user gave
     */
    public Topic packedAsAskedBy(Map<String, ?> client) {
        boolean asked = client.containsKey(ProducerConfig.COMPRESSION_TYPE_CONFIG)
                && settings.containsKey(TopicConfig.COMPRESSION_TYPE_CONFIG);
        return asked ? with(Map.of(TopicConfig.COMPRESSION_TYPE_CONFIG, "producer")) : this;
    }
}
