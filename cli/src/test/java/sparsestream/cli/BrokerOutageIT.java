package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.Topics;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.producer.ProducerService;
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerService;
import sparsestream.trainer.session.TrainerService;

/** A broker that goes away under load, for {@code -Doutage.seconds}, and comes back with its data. */
@Timeout(300)
class BrokerOutageIT {
    private static final int BATCHES = 600;
    private static final int RATE = 30;
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("outage.seconds", 60));
    private static final Topics TOPICS = new Topics("");

    @TempDir
    private Path data;

    private EmbeddedBroker broker;

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void allServicesRecoverByThemselvesAndNothingIsLostOrDoubled() throws Exception {
        broker = EmbeddedBroker.start(data, "127.0.0.1", 0);
        SmallRuns runs = SmallRuns.at(broker, data);
        Health producing = new Health();
        Health training = new Health();
        Health sampling = new Health();
        List<Health> all = List.of(producing, training, sampling);
        try (Metrics metrics = new Metrics();
                Services services = new Services(() -> {})) {
            ProducerService producer = runs.producer(
                    TOPICS,
                    OptionalLong.of(BATCHES * (long) SmallRuns.BATCH),
                    OptionalDouble.of(RATE * SmallRuns.BATCH),
                    producing);
            TrainerService trainer = new TrainerService(runs.config(TOPICS, "run", "vae", BATCHES), metrics, training);
            SamplerService sampler = new SamplerService(
                    new SamplerConfig(runs.kafka(), "", "run", List.of("vae"), 20, 5), metrics, sampling);
            services.start("producer", producer, producer::close);
            services.start("trainer", trainer, trainer::close);
            services.start("sampler", sampler, sampler::close);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> all.stream().allMatch(BrokerOutageIT::isUp)
                            && trainer.status().version() > 5);

            broker.close();
            await().atMost(Duration.ofSeconds(30)).until(() -> all.stream().noneMatch(BrokerOutageIT::isUp));
            long cpuNanos = cpuNanos();
            await().during(OUTAGE).atMost(OUTAGE.plusSeconds(5)).until(() -> !isUp(training) && !isUp(sampling));
            // A busy loop would have used all of that time or twice as much; a tenth is the clients' own.
            assertThat(Duration.ofNanos(cpuNanos() - cpuNanos)).isLessThan(OUTAGE.dividedBy(4));
            int port = Integer.parseInt(broker.bootstrapServers().split(":", 2)[1]);
            broker = EmbeddedBroker.start(data, "127.0.0.1", port);

            await().atMost(Duration.ofSeconds(60)).until(() -> all.stream().allMatch(BrokerOutageIT::isUp));
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> trainer.status().images() == BATCHES * (long) SmallRuns.BATCH);
            long generated = sampler.imagesGenerated("vae");
            await().atMost(Duration.ofSeconds(20)).until(() -> sampler.imagesGenerated("vae") > generated + 20);
        }
        requireNothingLostOrDoubled(runs);
    }

    private static void requireNothingLostOrDoubled(SmallRuns runs) throws Exception {
        assertThat(runs.read(TOPICS.imageBatches().name())).hasSize(BATCHES);
        assertThat(runs.checkpoints(TOPICS.modelCheckpoints(), "run/vae"))
                .extracting(Checkpoint::version)
                .isSorted()
                .doesNotHaveDuplicates();
        List<Long> indexes = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                runs.read(TOPICS.imagesGenerated().name())) {
            indexes.add(GeneratedImage.fromRecord(record).index());
        }
        assertThat(indexes)
                .isEqualTo(LongStream.range(0, indexes.size()).boxed().toList());
        Checkpoint state = runs.newest(TOPICS.trainerState(), "run/vae/0");
        runs.train(TOPICS, "undisturbed", "vae", BATCHES);
        Checkpoint undisturbed = runs.newest(TOPICS.trainerState(), "undisturbed/vae/0");
        assertThat(state.contents().metadata().get("next_offset")).isEqualTo(String.valueOf(BATCHES));
        assertThat(SmallRuns.tensorsSha256(state)).isEqualTo(SmallRuns.tensorsSha256(undisturbed));
    }

    private static boolean isUp(Health health) {
        return health.readiness().state() == Health.State.UP;
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
