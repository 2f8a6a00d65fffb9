package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.GreyPng;
import sparsestream.contract.Topics;
import sparsestream.kafka.ClusterProbe;
import sparsestream.kafka.GroupLag;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.Outage;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.producer.ingest.BatchRules;
import sparsestream.producer.ingest.ImageRules;
import sparsestream.producer.ingest.IngestConfig;
import sparsestream.producer.ingest.IngestService;
import sparsestream.producer.ingest.OnSize;

/** What the cluster says of a group's lag. */
@Timeout(120)
class GroupLagIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static EmbeddedBroker broker;
    private static SmallRuns runs;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(directory, "127.0.0.1", 0);
        runs = new SmallRuns(broker.bootstrapServers(), null);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void whatIsCommittedOrDeletedOrNotToBeReadYetDoesNotWait() throws Exception {
        GroupLag lag = new GroupLag("readers", "read");
        try (Admin admin = runs.admin();
                Producer<byte[], byte[]> producer = transactional("writer");
                ClusterProbe probe = new ClusterProbe(
                        new KafkaClients(runs.kafka()), new Health(), "readers.kafka", new Outage(runs.kafka()))) {
            probe.measure(lag);
            probe.start();
            assertThat(lag.records()).as("before there is such a topic").isNaN();
            admin.createTopics(List.of(new NewTopic("read", 2, (short) 1)))
                    .all()
                    .get();
            await().atMost(DEADLINE).until(() -> lag.records() == 0);

            producer.beginTransaction();
            send(producer, 0, 10);
            send(producer, 1, 5);
            producer.commitTransaction();
            await().atMost(DEADLINE).until(() -> lag.records() == 10 + 1 + 5 + 1);

            TopicPartition first = new TopicPartition("read", 0);
            admin.alterConsumerGroupOffsets("readers", Map.of(first, new OffsetAndMetadata(7)))
                    .all()
                    .get();
            await().atMost(DEADLINE).until(() -> lag.records() == 3 + 1 + 5 + 1);

            TopicPartition second = new TopicPartition("read", 1);
            admin.deleteRecords(Map.of(second, RecordsToDelete.beforeOffset(4)))
                    .all()
                    .get();
            await().atMost(DEADLINE).until(() -> lag.records() == 3 + 1 + 1 + 1);

            producer.beginTransaction();
            send(producer, 0, 100);
            producer.flush();
            admin.alterConsumerGroupOffsets("readers", Map.of(second, new OffsetAndMetadata(6)))
                    .all()
                    .get();
            await().atMost(DEADLINE).until(() -> lag.records() == 3 + 1);
            producer.commitTransaction();
            await().atMost(DEADLINE).until(() -> lag.records() == 3 + 1 + 100 + 1);
        }
    }

    /** The mark at the end of a transaction is no image, though it has an offset: an alert would wait for it for ever. */
    @Test
    void ingestIsBehindNothingOnceItHasReadAll() throws Exception {
        Topics topics = new Topics("");
        IngestConfig config = new IngestConfig(
                runs.kafka(),
                topics,
                new ImageRules(28, 28, OnSize.RESIZE, ImageRules.DEFAULT_MAX_BYTES, ImageRules.DEFAULT_MAX_PIXELS),
                new BatchRules(SmallRuns.BATCH, BatchRules.DEFAULT_SHUFFLE_BUFFER, Duration.ofSeconds(1), 1));
        try (Metrics metrics = new Metrics();
                Services services = new Services(() -> {});
                Producer<byte[], byte[]> producer = transactional("painter")) {
            IngestService ingest = new IngestService(config, metrics, new Health());
            services.start("ingest", ingest, ingest::close);
            await().atMost(DEADLINE).until(() -> lag(metrics) == 0);
            for (int round = 1; round <= 2; round++) {
                producer.beginTransaction();
                byte[] png = GreyPng.encode(new byte[28 * 28], 28, 28);
                for (int i = 0; i < 20; i++) {
                    producer.send(new ProducerRecord<>(topics.imagesRaw().name(), png))
                            .get();
                }
                producer.commitTransaction();
                long taken = 20L * round;
                await().atMost(DEADLINE).until(() -> ingest.progress().taken() == taken);
                await().atMost(DEADLINE).until(() -> lag(metrics) == 0);
            }
        }
    }

    private static double lag(Metrics metrics) {
        return metrics.registry().get("sparsestream.ingest.lag").gauge().value();
    }

    private static void send(Producer<byte[], byte[]> producer, int partition, int count) throws Exception {
        for (var sent : IntStream.range(0, count)
                .mapToObj(i -> producer.send(new ProducerRecord<>("read", partition, null, new byte[] {(byte) i})))
                .toList()) {
            sent.get();
        }
    }

    private static Producer<byte[], byte[]> transactional(String id) {
        Map<String, Object> settings = new HashMap<>(runs.kafka());
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        Producer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }
}
