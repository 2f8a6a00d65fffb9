package sparsestream.producer.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import sparsestream.contract.ImageBatch;

class ShuffleBufferTest {
    @Property(tries = 200)
    void everyImageLeavesOnceInFullBatchesButForTheLast(
            @ForAll @IntRange(min = 1, max = 20) int batchSize,
            @ForAll @IntRange(max = 30) int more,
            @ForAll @IntRange(max = 200) int count,
            @ForAll long seed) {
        int capacity = batchSize + more;
        ShuffleBuffer buffer = buffer(batchSize, capacity, seed, 0);
        List<List<Integer>> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            buffer.add(image(i));
            if (buffer.isFull()) {
                blocks.add(numbers(buffer.drain(), batchSize));
            }
        }
        blocks.add(numbers(buffer.drain(), batchSize));

        assertThat(buffer.position()).isEqualTo(count);
        for (int block = 0; block < blocks.size(); block++) {
            assertThat(blocks.get(block))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(block * capacity, Math.min(count, (block + 1) * capacity))
                                    .boxed()
                                    .toList());
        }
    }

    @Test
    void theOrderFollowsFromSeedAndPosition() {
        assertThat(order(1, 0))
                .isEqualTo(order(1, 0))
                .isNotEqualTo(IntStream.range(0, 50).boxed().toList());
        assertThat(order(2, 0)).isNotEqualTo(order(1, 0));
        assertThat(order(1, 50)).isNotEqualTo(order(1, 0));
    }

    /** Of 50 places each image should have each equally often: 20,000 draws make 400 a place, give or take 20. */
    @Test
    void everyOrderIsAsLikely() {
        int[][] seen = new int[50][50];
        for (int seed = 0; seed < 20_000; seed++) {
            List<Integer> order = order(seed, 0);
            for (int place = 0; place < 50; place++) {
                seen[order.get(place)][place]++;
            }
        }
        for (int[] image : seen) {
            for (int count : image) {
                assertThat(count).isBetween(400 - 6 * 20, 400 + 6 * 20);
            }
        }
    }

    @Test
    void labelsAreKeptWhereAllOfABatchHaveOne() {
        ShuffleBuffer buffer = buffer(2, 2, 1, 0);
        buffer.add(image(1).withLabel(OptionalInt.of(7)));
        buffer.add(image(1).withLabel(OptionalInt.of(255)));
        assertThat(buffer.drain()).singleElement().satisfies(batch -> assertThat(batch.labels())
                .hasValueSatisfying(labels -> assertThat(labels).containsExactlyInAnyOrder(7, 255)));

        buffer.add(image(1).withLabel(OptionalInt.of(7)));
        buffer.add(image(1));
        assertThat(buffer.drain()).singleElement().satisfies(batch -> assertThat(batch.labels())
                .isEmpty());
    }

    @Test
    void labelsStayWithTheirImages() {
        ShuffleBuffer buffer = buffer(50, 50, 5, 0);
        IntStream.range(0, 50).forEach(i -> buffer.add(image(i).withLabel(OptionalInt.of(i))));
        ImageBatch batch = buffer.drain().get(0);
        assertThat(batch.labels()).hasValueSatisfying(labels -> {
            for (int i = 0; i < 50; i++) {
                assertThat(labels[i]).isEqualTo(batch.images()[2 * i]);
            }
        });
    }

    @Test
    void imagesOfAnotherSizeHaveToWait() {
        ShuffleBuffer buffer = buffer(2, 4, 1, 0);
        buffer.add(image(1));
        GreyImage other = new GreyImage(2, 1, new byte[2], OptionalInt.empty());
        assertThat(buffer.takes(other)).isFalse();
        assertThatThrownBy(() -> buffer.add(other)).isInstanceOf(IllegalArgumentException.class);
        assertThat(buffer.drain()).hasSize(1);
        assertThat(buffer.takes(other)).isTrue();
    }

    @Test
    void largeImagesOfAnEarlierSessionMakeSmallerBatches() {
        ShuffleBuffer buffer = buffer(128, 128, 1, 0);
        for (int i = 0; i < 5; i++) {
            buffer.add(new GreyImage(500, 1000, new byte[500_000], OptionalInt.empty()));
        }
        assertThat(buffer.drain()).extracting(ImageBatch::count).containsExactly(1, 1, 1, 1, 1);
    }

    private static List<Integer> order(long seed, long position) {
        ShuffleBuffer buffer = buffer(50, 50, seed, position);
        IntStream.range(0, 50).forEach(i -> buffer.add(image(i)));
        return numbers(buffer.drain(), 50);
    }

    private static ShuffleBuffer buffer(int batchSize, int capacity, long seed, long position) {
        return new ShuffleBuffer(new BatchRules(batchSize, capacity, Duration.ofSeconds(1), seed), position);
    }

    private static GreyImage image(int number) {
        return new GreyImage(1, 2, new byte[] {(byte) number, (byte) (number >> 8)}, OptionalInt.empty());
    }

    private static List<Integer> numbers(List<ImageBatch> batches, int batchSize) {
        List<Integer> numbers = new ArrayList<>();
        for (int b = 0; b < batches.size(); b++) {
            ImageBatch batch = batches.get(b);
            assertThat(batch.count()).isBetween(b + 1 < batches.size() ? batchSize : 1, batchSize);
            for (int i = 0; i < batch.count(); i++) {
                numbers.add((batch.images()[2 * i] & 0xFF) | ((batch.images()[2 * i + 1] & 0xFF) << 8));
            }
        }
        return numbers;
    }
}
