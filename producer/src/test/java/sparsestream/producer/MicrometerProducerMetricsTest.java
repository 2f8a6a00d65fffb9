package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import sparsestream.monitoring.Metrics;

class MicrometerProducerMetricsTest {
    @Test
    void imagesAndBatchesAreCounted() {
        try (Metrics metrics = new Metrics()) {
            MicrometerProducerMetrics producer = new MicrometerProducerMetrics(metrics);
            producer.batchProduced(128);
            producer.batchProduced(72);

            assertThat(metrics.registry()
                            .get("sparsestream.images.produced")
                            .counter()
                            .count())
                    .isEqualTo(200);
            assertThat(metrics.registry()
                            .get("sparsestream.batches.produced")
                            .counter()
                            .count())
                    .isEqualTo(2);
            assertThat(metrics.registry().scrape())
                    .contains("sparsestream_images_produced_total 200.0")
                    .contains("sparsestream_batches_produced_total 2.0");
        }
    }

    @Test
    void theClientsOwnMetersAreThereWhileItIsOpen() {
        Map<String, Object> settings = Map.of("bootstrap.servers", "127.0.0.1:9");
        try (Metrics metrics = new Metrics();
                KafkaProducer<String, byte[]> client =
                        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            MicrometerProducerMetrics producer = new MicrometerProducerMetrics(metrics);
            producer.clientOpened(client);
            assertThat(metrics.registry().scrape()).contains("kafka_producer_record_send_total");

            producer.clientClosing();
            assertThat(metrics.registry().scrape()).doesNotContain("kafka_producer_record_send_total");
        }
    }
}
