package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Topics;
import sparsestream.contract.TrainingEvent;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.learning.Recovery;
import sparsestream.trainer.learning.Recovery.OnDataLoss;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.session.TrainerService;
import sparsestream.trainer.session.TrainerStatus;

/** Batches that were deleted before they were learned. */
class DataLossIT {
    private static final Recovery CONTINUE = new Recovery(false, OnDataLoss.CONTINUE);

    @TempDir
    private static Path data;

    private static EmbeddedBroker broker;
    private static SmallRuns runs;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(data, "127.0.0.1", 0);
        runs = SmallRuns.at(broker, data);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void aTrainerSaysHowManyBatchesAreMissingAndStopsUnlessToldToContinue() throws Exception {
        Topics topics = new Topics("restart.");
        runs.produce(topics, 30);
        runs.train(topics, "run", "vae", 8);
        deleteBefore(topics, 20);

        assertThatThrownBy(() -> runs.train(topics, "run", "vae", 18))
                .isInstanceOf(TrainerException.class)
                .hasMessageContaining("12 records of restart.images.batches-0, offsets 8 to 19, were deleted")
                .hasMessageContaining("--on-data-loss continue")
                .message()
                .hasLineCount(1);

        try (Metrics metrics = new Metrics()) {
            TrainerConfig config = runs.config(topics, "run", "vae", 18).with(CONTINUE);
            TrainerService trainer = new TrainerService(config, metrics, new Health());
            trainer.run();
            TrainerStatus status = trainer.status();
            assertThat(lost(metrics)).isEqualTo(12);
            assertThat(status.offset()).isEqualTo(30);
            assertThat(status.step()).isEqualTo(18);
        }
        List<TrainingEvent> losses = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                runs.read(topics.trainingEvents().name())) {
            TrainingEvent event = TrainingEvent.fromRecord(record);
            if (event.kind() == TrainingEvent.Kind.DATALOSS) {
                losses.add(event);
            }
        }
        assertThat(losses).hasSize(1);
        assertThat(losses.get(0).data().get("from").asLong()).isEqualTo(8);
        assertThat(losses.get(0).data().get("to").asLong()).isEqualTo(20);
    }

    /** An open transaction keeps the trainer from reading on while what it waits for is deleted. */
    @Test
    void aTrainerMeetsDeletedBatchesWhileItRuns() throws Exception {
        Topics topics = new Topics("running.");
        runs.produce(topics, 5);
        Map<String, Object> transactional = new HashMap<>(runs.kafka());
        transactional.put("transactional.id", "open");
        TrainerConfig config = runs.config(topics, "run", "vae", 15).with(CONTINUE);
        try (Metrics metrics = new Metrics();
                Services services = new Services(() -> {});
                KafkaProducer<byte[], byte[]> open =
                        new KafkaProducer<>(transactional, new ByteArraySerializer(), new ByteArraySerializer())) {
            open.initTransactions();
            open.beginTransaction();
            open.send(new ProducerRecord<>(topics.imageBatches().name(), new byte[1]))
                    .get();
            TrainerService trainer = new TrainerService(config, metrics, new Health());
            services.start("trainer", trainer, trainer::close);
            await().atMost(Duration.ofSeconds(30)).until(() -> trainer.status().offset() == 5);

            runs.produce(topics, 25);
            deleteBefore(topics, 16);
            open.abortTransaction();

            await().atMost(Duration.ofSeconds(30)).until(() -> trainer.status().images() == 15 * SmallRuns.BATCH);
            assertThat(lost(metrics)).isEqualTo(11);
        }
    }

    @Test
    void aTopicThatIsShorterThanWhatWasLearnedIsRefused() throws Exception {
        Topics topics = new Topics("shorter.");
        runs.produce(topics, 10);
        runs.train(topics, "run", "vae", 10);
        try (Admin admin = runs.admin()) {
            admin.deleteTopics(List.of(topics.imageBatches().name())).all().get();
            await().atMost(Duration.ofSeconds(30)).until(() -> !admin.listTopics()
                    .names()
                    .get()
                    .contains(topics.imageBatches().name()));
        }
        runs.produce(topics, 4);
        assertThatThrownBy(() -> runs.train(topics, "run", "vae", 11))
                .isInstanceOf(TrainerException.class)
                .hasMessageContaining("which ends at 4")
                .hasMessageContaining("--reset-state");
    }

    private static void deleteBefore(Topics topics, long offset) throws Exception {
        try (Admin admin = runs.admin()) {
            TopicPartition partition = new TopicPartition(topics.imageBatches().name(), 0);
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }

    private static double lost(Metrics metrics) {
        return metrics.registry().get("sparsestream.batches.lost").counter().count();
    }
}
