package sparsestream.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.TimeGauge;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void theJvmIsMeasured() {
        try (Metrics metrics = new Metrics()) {
            assertThat(metrics.registry().scrape())
                    .contains(
                            "jvm_memory_used_bytes",
                            "jvm_gc_live_data_size_bytes",
                            "jvm_threads_live_threads",
                            "process_cpu_usage",
                            "process_uptime_seconds");
        }
    }

    @Test
    void theMetersOfAKafkaClientGoWithTheirBinding() {
        Map<String, Object> config = Map.of("bootstrap.servers", "127.0.0.1:1");
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        try (Metrics metrics = new Metrics();
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config, bytes, bytes)) {
            Metrics.Binding binding = metrics.bind(consumer);
            assertThat(metrics.registry().getMeters()).anyMatch(MetricsTest::isOfKafka);

            binding.close();
            assertThat(metrics.registry().getMeters()).noneMatch(MetricsTest::isOfKafka);
        }
    }

    @Test
    void onlyTimesHaveTheirUnitInTheNameForPrometheus() {
        try (Metrics metrics = new Metrics()) {
            Counter.builder("sparsestream.images.learned").baseUnit("images").register(metrics.registry());
            TimeGauge.builder("sparsestream.freshness", () -> 2_500, TimeUnit.MILLISECONDS)
                    .register(metrics.registry());
            assertThat(metrics.registry().scrape())
                    .contains("sparsestream_images_learned_total 0.0", "sparsestream_freshness_seconds 2.5");
        }
    }

    private static boolean isOfKafka(Meter meter) {
        return meter.getId().getName().startsWith("kafka.");
    }
}
