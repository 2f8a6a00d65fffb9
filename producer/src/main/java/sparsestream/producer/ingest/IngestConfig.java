package sparsestream.producer.ingest;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.kafka.KafkaClients;

/**
 * What ingest is asked to do.
 *
 * @param kafka Kafka client settings, {@code bootstrap.servers} among them
 */
public record IngestConfig(Map<String, Object> kafka, Topics topics, ImageRules images, BatchRules batches) {
    private static final int MAX_REQUEST_BYTES = 2 * DeadLetter.MAX_VALUE_BYTES;

    /**
     * A checked configuration.
     *
     * @throws IllegalArgumentException if a value is out of range; the message is one line that names the option
     */
    public IngestConfig {
        kafka = Map.copyOf(kafka);
        if (kafka.getOrDefault(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "")
                .toString()
                .isBlank()) {
            throw new IllegalArgumentException("--bootstrap-servers must name a broker");
        }
        batches.requireFits(images);
    }

    /**
     * All with one prefix on one cluster share the work; it is the name of the group, and begins those of the changelog and of the
     * transactions.
     */
    String applicationId() {
        return topics.prefix() + "sparsestream-ingest";
    }

    /** The topic of any client too, since a broker rarely makes one by itself. */
    List<Topic> ownTopics() {
        return List.of(topics.imagesRaw(), topics.imageBatches(), topics.imagesRawLetters());
    }

    IngestTopology topology(IngestMetrics metrics) {
        return new IngestTopology(
                topics.imagesRaw().name(), topics.imageBatches().name(), images, batches, metrics);
    }

    /** Settings of Kafka Streams: the user's between what may and what may not be overridden. */
    Map<String, Object> streams() {
        return new KafkaClients(kafka)
                .streams(
                        applicationId(),
                        topics.imagesRawLetters(),
                        Map.of(
                                StreamsConfig.CLIENT_ID_CONFIG,
                                "sparsestream-ingest",
                                // A letter may unpack to much more than the record that it goes into.
                                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                                MAX_REQUEST_BYTES,
                                ProducerConfig.BUFFER_MEMORY_CONFIG,
                                MAX_REQUEST_BYTES));
    }
}
