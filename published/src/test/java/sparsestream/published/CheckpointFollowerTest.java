package sparsestream.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sparsestream.kafka.Connection;
import sparsestream.kafka.Outage;
import sparsestream.kafka.Patience;

class CheckpointFollowerTest {
    private static final String TOPIC = "model.checkpoints";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final RecordingListener told = new RecordingListener();
    private final Connection connection = new Connection(
            new Patience("test", new Outage(Map.of("bootstrap.servers", "broker:9092"))), connected -> {});
    private final CheckpointFollower follower =
            new CheckpointFollower(consumer, TOPIC, TestModels.RUN, List.of("vae"), told, connection);
    private final Thread thread = new Thread(follower::follow);
    private long end;

    @AfterEach
    void stop() throws InterruptedException {
        connection.stop();
        follower.wakeUp();
        thread.join(Duration.ofSeconds(10).toMillis());
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void ofTheHistoryTheNewestIsFoundAndWhatFollowsArrives() {
        publish("vae", 1);
        publish("gan", 1);
        publish("vae", 2);
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, end));
        thread.start();
        await().until(() -> told.caughtUp);
        assertThat(told.past).extracting(ModelVersion::version).containsExactly(1L, 2L);
        assertThat(told.found).extracting(ModelVersion::version).containsExactly(2L);

        publish("vae", 3);
        await().untilAsserted(() ->
                assertThat(told.arrived).extracting(ModelVersion::version).containsExactly(3L));
        assertThat(told.found).hasSize(1);
        assertThat(told.rejected).isEmpty();
    }

    private void publish(String model, long version) {
        for (ConsumerRecord<byte[], byte[]> record : TestModels.records(TestModels.checkpoint(model, version))) {
            var next = new ConsumerRecord<>(TOPIC, 0, end++, record.key(), record.value());
            record.headers().forEach(next.headers()::add);
            consumer.schedulePollTask(() -> consumer.addRecord(next));
        }
    }
}
