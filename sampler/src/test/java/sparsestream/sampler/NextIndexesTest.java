package sparsestream.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.LatentSource;
import sparsestream.contract.Topics;

class NextIndexesTest {
    private static final TopicPartition PARTITION = new TopicPartition("images.generated", 0);
    private static final String SOURCE = "/sparsestream/test-run/sampler";

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private long end;

    @Test
    void anEmptyTopicHasNone() {
        assertThat(read(Set.of("vae"))).isEmpty();
    }

    @Test
    void eachModelGoesOnAfterItsLastImageOfThisSource() {
        add("vae", 3, 7, SOURCE);
        add("gan", 3, 80, SOURCE);
        add("vae", 3, 99, "/sparsestream/other-run/sampler");
        consumerHolds(new ConsumerRecord<>(PARTITION.topic(), 0, end, null, "noise".getBytes(StandardCharsets.UTF_8)));
        assertThat(read(Set.of("vae", "gan"))).isEqualTo(Map.of("vae", 8L, "gan", 81L));
    }

    @Test
    void anotherSeedDoesNotStartAnew() {
        add("vae", 3, 7, SOURCE);
        add("vae", 4, 8, SOURCE);
        assertThat(read(Set.of("vae"))).isEqualTo(Map.of("vae", 9L));
    }

    @Test
    void whatSomebodyAskedForDoesNotCount() {
        add("vae", 3, 7, SOURCE);
        add(TestModels.version("vae", 1)
                .draw(3, 500, LatentSource.PLAIN, Optional.of("q"), TestModels.COMMITTED, SOURCE));
        assertThat(read(Set.of("vae"))).isEqualTo(Map.of("vae", 8L));
    }

    private void add(String model, long seed, long index, String source) {
        add(TestModels.version(model, 1).draw(seed, index, TestModels.COMMITTED, source));
    }

    private void add(GeneratedImage image) {
        consumerHolds(TestModels.consumed(image.toRecord(new Topics("").imagesGenerated()), end));
    }

    private void consumerHolds(ConsumerRecord<byte[], byte[]> record) {
        consumer.schedulePollTask(() -> consumer.addRecord(record));
        end++;
    }

    private Map<String, Long> read(Set<String> models) {
        Node node = new Node(0, "localhost", 9092);
        consumer.updatePartitions(
                PARTITION.topic(),
                List.of(new PartitionInfo(PARTITION.topic(), 0, node, new Node[] {node}, new Node[] {node})));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, end));
        return NextIndexes.read(consumer, PARTITION.topic(), SOURCE, models);
    }
}
