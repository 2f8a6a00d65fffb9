package sparsestream.benchmarks;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.Topics;
import sparsestream.kafka.KafkaClients;

/**
 * How long a client waits for one image: from handing the request to its Kafka client until the image comes out of another, for
 * requests at a steady rate, whether or not earlier ones have been answered.
 */
final class RequestLatency implements AutoCloseable {
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final Topics topics = new Topics("");
    private final TopicPartition answers =
            new TopicPartition(topics.imagesGenerated().name(), 0);
    private final Producer<byte[], byte[]> producer;
    private final Consumer<byte[], byte[]> consumer;

    RequestLatency(String bootstrapServers) {
        Map<String, Object> kafka = Map.of("bootstrap.servers", bootstrapServers);
        KafkaClients clients = new KafkaClients(kafka);
        producer = clients.producer(Map.of(), Map.of());
        consumer = clients.reader(Map.of(), Map.of());
        consumer.assign(List.of(answers));
    }

    /**
     * Latencies in milliseconds, sorted.
     *
     * @param perSecond requests
     * @param count requests in all
     * @throws IllegalStateException if a request is not answered within 30 s
     */
    @SuppressWarnings("FutureReturnValueIgnored") // A request that is lost has no answer.
    double[] measure(int perSecond, int count) {
        // What has come since the last time would have to be read before the first answer.
        consumer.seekToEnd(List.of(answers));
        consumer.position(answers);
        Map<String, Long> open = new HashMap<>();
        double[] latenciesMs = new double[count];
        int sent = 0;
        int answered = 0;
        long start = System.nanoTime();
        long lastAnswer = start;
        while (answered < count) {
            long now = System.nanoTime();
            for (; sent < count && now - start >= sent * 1e9 / perSecond; sent++) {
                String id = UUID.randomUUID().toString();
                String json = "{\"id\":\"%s\",\"model\":\"vae\",\"count\":1,\"seed\":%s}".formatted(id, sent);
                open.put(id, System.nanoTime());
                producer.send(new ProducerRecord<>(
                        topics.sampleRequests().name(), null, json.getBytes(StandardCharsets.UTF_8)));
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(1))) {
                Header id = record.headers().lastHeader(GeneratedImage.CORRELATION_HEADER);
                Long since = id == null ? null : open.remove(new String(id.value(), StandardCharsets.UTF_8));
                if (since != null) {
                    lastAnswer = System.nanoTime();
                    latenciesMs[answered++] = (lastAnswer - since) / 1e6;
                }
            }
            if (System.nanoTime() - lastAnswer > PATIENCE_NANOS) {
                throw new IllegalStateException(open.size() + " requests are not answered");
            }
        }
        Arrays.sort(latenciesMs);
        return latenciesMs;
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
