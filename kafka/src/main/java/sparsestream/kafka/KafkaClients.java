package sparsestream.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsConfig;
import sparsestream.contract.Topic;

/**
 * Opens Kafka clients, each with the user's settings between what may and what may not be overridden.
 *
 * <p>No consumer brings a topic into being by asking for it, or sees what is not committed. A producer would, so it must be given
 * topics alone that are there, see {@link TopicCreation} and {@link TopicLookup}.
 */
public final class KafkaClients {
    /** Readers that share nothing belong to no group, whatever group the user's settings name for those that do. */
    private static final Set<String> OF_A_GROUP =
            Set.of(ConsumerConfig.GROUP_ID_CONFIG, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);

    private static final int SESSION_TIMEOUT_MS = 6_000;

    private static final Map<String, Object> OF_EVERY_CONSUMER = Map.of(
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false);

    private final Map<String, Object> userSettings;

    /** @param userSettings of any Kafka client, {@code bootstrap.servers} among them */
    public KafkaClients(Map<String, ?> userSettings) {
        this.userSettings = Map.copyOf(userSettings);
    }

    public Map<String, Object> userSettings() {
        return userSettings;
    }

    /** The brokers to ask first. */
    public String bootstrapServers() {
        return String.valueOf(userSettings.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG));
    }

    /**
     * One as the user's settings say, which waits a minute for an answer unless they say otherwise.
     *
     * @throws KafkaException if there can be no client with these settings
     */
    public Admin admin() {
        return Admin.create(userSettings);
    }

    /**
     * One that gives a question up after some time.
     *
     * @throws KafkaException if there can be no client with these settings
     */
    public Admin admin(String id, Duration answer) {
        return Admin.create(settings(
                Map.of(AdminClientConfig.CLIENT_ID_CONFIG, id),
                Map.of(
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) answer.toMillis(),
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) answer.toMillis())));
    }

    /**
     * A consumer that is told what to read, and belongs to no group.
     *
     * @throws KafkaException if there can be no client with these settings
     */
    public Consumer<byte[], byte[]> reader(Map<String, ?> defaults, Map<String, ?> required) {
        Map<String, Object> settings = settings(defaults, required);
        settings.keySet().removeAll(OF_A_GROUP);
        return consumer(settings);
    }

    /**
     * A consumer that shares topics with the others of a group.
     *
     * @throws KafkaException if there can be no client with these settings
     */
    public Consumer<byte[], byte[]> member(String group, Map<String, ?> defaults, Map<String, ?> required) {
        requireClassicGroups();
        Map<String, Object> settings = settings(defaults, required);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        return consumer(settings);
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        settings.putAll(OF_EVERY_CONSUMER);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * A producer of records with binary keys.
     *
     * @throws KafkaException if there can be no client with these settings
     */
    public Producer<byte[], byte[]> producer(Map<String, ?> defaults, Map<String, ?> required) {
        return producer(new ByteArraySerializer(), defaults, required);
    }

    /**
     * A producer of records with other keys.
     *
     * @throws KafkaException if there can be no client with these settings
     */
    public <K> Producer<K, byte[]> producer(Serializer<K> keys, Map<String, ?> defaults, Map<String, ?> required) {
        return new KafkaProducer<>(settings(defaults, required), keys, new ByteArraySerializer());
    }

    /**
     * Settings for a topology of Kafka Streams, which sends the records that it refuses to the dead letters.
     *
     * @param applicationId the name of its group; it begins those of its changelogs and transactions
     * @throws KafkaException if they can't be right
     */
    public Map<String, Object> streams(String applicationId, Topic letters, Map<String, ?> defaults) {
        requireClassicGroups();
        Map<String, Object> usual = new HashMap<>(Map.of(
                // Until a member that is gone has been found out, its tasks wait.
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                SESSION_TIMEOUT_MS,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                SESSION_TIMEOUT_MS / 4,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "zstd"));
        usual.putAll(defaults);
        return settings(
                usual,
                Map.of(
                        StreamsConfig.APPLICATION_ID_CONFIG,
                        applicationId,
                        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                        StreamsConfig.EXACTLY_ONCE_V2,
                        StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
                        RefusedRecordHandler.class,
                        // There is no global thread, but without this, whose constant is deprecated, every start warns
                        // of it.
                        "processing.exception.handler.global.enabled",
                        true,
                        StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG,
                        letters.name(),
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false));
    }

    private Map<String, Object> settings(Map<String, ?> defaults, Map<String, ?> required) {
        Map<String, Object> settings = new HashMap<>(defaults);
        settings.putAll(userSettings);
        settings.putAll(required);
        return settings;
    }

    /** The others leave session and heartbeat to the broker, and refuse them with a message that names what the user has not set. */
    private void requireClassicGroups() {
        Object protocol = userSettings.getOrDefault(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        if (!String.valueOf(protocol).equalsIgnoreCase("classic")) {
            throw new ConfigException(
                    ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                    protocol,
                    "only classic is supported here, since members of its groups choose their own session timeout;"
                            + " leave the setting out");
        }
    }
}
