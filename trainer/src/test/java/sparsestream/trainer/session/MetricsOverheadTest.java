package sparsestream.trainer.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import sparsestream.model.vae.VaeConfig;
import sparsestream.monitoring.Metrics;
import sparsestream.trainer.learning.Fixtures;
import sparsestream.trainer.learning.Learner;
import sparsestream.trainer.learning.ModelSettings;

/** What meters cost beside the faster of the two models, in its default size. */
class MetricsOverheadTest {
    private static final int BATCH = 128;
    private static final int SIDE = 28;
    /** As monitoring/prometheus/prometheus.yml has it. */
    private static final double SCRAPES_A_SECOND = 1.0 / 5;

    private static final int ROUNDS = 15;
    private static final int STEPS = Integer.getInteger("overhead.steps", 20);
    private static final int CALLS = 2_000;

    @Test
    @SuppressWarnings("try") // Bindings are there to be there.
    void metersTakeLessThanAHundredthOfAStep() throws Exception {
        ModelSettings settings = new ModelSettings(new VaeConfig(), SIDE, SIDE, 7);
        Map<String, Object> nowhere = Map.of("bootstrap.servers", "127.0.0.1:9");
        try (Metrics metrics = new Metrics();
                KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(nowhere, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(nowhere, new ByteArraySerializer(), new ByteArraySerializer());
                Metrics.Binding reading = metrics.bind(consumer);
                Metrics.Binding writing = metrics.bind(producer);
                Learner learner = Fixtures.start(settings)) {
            MicrometerTrainerMetrics meters = new MicrometerTrainerMetrics(metrics.registry(), "vae");
            assertThat(metrics.registry().scrape()).contains("kafka_consumer_", "kafka_producer_");
            byte[] images = new byte[BATCH * SIDE * SIDE];
            new java.util.Random(1).nextBytes(images);
            double[] off = new double[ROUNDS];
            double[] on = new double[ROUNDS];
            double[] call = new double[ROUNDS];
            double[] scrape = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                off[round] = cpuSeconds(STEPS, () -> learner.model().learn(images, BATCH));
                on[round] = cpuSeconds(
                        STEPS,
                        () -> count(meters, learner.model().learn(images, BATCH).byName()));
                Map<String, Double> losses =
                        learner.model().learn(images, BATCH).byName();
                call[round] = cpuSeconds(CALLS, () -> count(meters, losses));
                scrape[round] = cpuSeconds(1, () -> metrics.registry().scrape());
            }
            double step = median(off);
            double share = median(call) / step + median(scrape) * SCRAPES_A_SECOND;
            System.out.printf(
                    Locale.ROOT,
                    "a step takes %.3f ms without meters and %.3f ms with them; meters alone %.2f µs a step and %.2f ms a scrape:"
                            + " %.3f %% when scraped every 5 s%n",
                    step * 1e3,
                    median(on) * 1e3,
                    median(call) * 1e6,
                    median(scrape) * 1e3,
                    share * 100);
            assertThat(share).isLessThan(0.01);
        }
    }

    private static void count(MicrometerTrainerMetrics meters, Map<String, Double> losses) {
        meters.learned(BATCH, losses, 0.003, 0.2);
        meters.lag(12);
    }

    private interface Work {
        void run() throws Exception;
    }

    /** CPU time of this thread alone, so that a busy machine does not matter. */
    private static double cpuSeconds(int times, Work work) throws Exception {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int i = 0; i < times; i++) {
            work.run();
        }
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9 / times;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
