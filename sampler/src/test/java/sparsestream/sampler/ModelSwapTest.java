package sparsestream.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sparsestream.kafka.Connection;
import sparsestream.kafka.Outage;
import sparsestream.kafka.Patience;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Health.State;
import sparsestream.monitoring.Metrics;
import sparsestream.published.CheckpointFollower;
import sparsestream.published.ModelVersion;

class ModelSwapTest {
    private static final String TOPIC = "model.checkpoints";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final SamplerState state = TestModels.state("vae");
    private final ServedModel vae = state.model("vae").orElseThrow();
    private final Health health = new Health();
    private final Connection connection = new Connection(
            new Patience("sampler", new Outage(Map.of("bootstrap.servers", "broker:9092"))), state::connected);
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final Metrics metrics = new Metrics();
    private final AtomicInteger swaps = new AtomicInteger();
    private final Spectator spectator = new Spectator() {
        @Override
        public void past(ModelVersion version) {
            seen.add("past " + version.version());
        }

        @Override
        public void served(ModelVersion version) {
            seen.add("served " + version.version());
        }

        @Override
        public void watch(SamplerClients clients, Connection connection) {}
    };
    private final CheckpointFollower follower = follower();
    private final Thread thread = new Thread(follower::follow);
    private long end;

    @AfterEach
    void stop() throws InterruptedException {
        connection.stop();
        follower.wakeUp();
        thread.join(Duration.ofSeconds(10).toMillis());
        assertThat(thread.isAlive()).isFalse();
        metrics.close();
    }

    @Test
    void theNewestOfTheHistoryIsServedOnceAndThenWhatComes() {
        publish(1);
        publish(2);
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, end));
        thread.start();
        awaitVersion(2);
        await().untilAsserted(() -> assertThat(swaps).hasValue(1));
        assertThat(swapDelays()).isZero();

        publish(3);
        awaitVersion(3);
        await().untilAsserted(() -> assertThat(swapDelays()).isEqualTo(1));
        await().untilAsserted(() -> assertThat(swaps).hasValue(2));
        assertThat(health.readiness().state()).isEqualTo(State.UP);
        assertThat(health.readiness().checks()).containsEntry("model.vae", new Health.Check(State.UP, "version 3"));
        assertThat(state.connected()).isTrue();
        assertThat(seen).containsExactly("past 1", "past 2", "served 2", "served 3");
    }

    private CheckpointFollower follower() {
        Clock clock = Clock.fixed(TestModels.COMMITTED, ZoneOffset.UTC);
        SamplerMetrics sampler = new MicrometerSamplerMetrics(metrics.registry(), List.of("vae"), clock);
        ModelSwap swap =
                new ModelSwap(state, sampler, health, clock, List.of(spectator), version -> swaps.incrementAndGet());
        return new CheckpointFollower(consumer, TOPIC, TestModels.RUN, List.of("vae"), swap, connection);
    }

    private void publish(long version) {
        for (ConsumerRecord<byte[], byte[]> record : TestModels.records(TestModels.checkpoint("vae", version))) {
            var next = new ConsumerRecord<>(TOPIC, 0, end++, record.key(), record.value());
            record.headers().forEach(next.headers()::add);
            consumer.schedulePollTask(() -> consumer.addRecord(next));
        }
    }

    private void awaitVersion(long version) {
        await().until(() -> vae.version().map(ModelVersion::version).orElse(0L) == version);
    }

    private long swapDelays() {
        return metrics.registry().get("sparsestream.sampler.swap.delay").timer().count();
    }
}
