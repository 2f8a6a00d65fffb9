package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import sparsestream.contract.ImageBatch;

class BatchScheduleTest {
    @Property(tries = 200)
    void eachPassIsAPermutation(
            @ForAll @IntRange(min = 1, max = 200) int size,
            @ForAll long seed,
            @ForAll @LongRange(min = 0, max = 1L << 40) long pass) {
        BatchSchedule schedule = new BatchSchedule(numbered(size), seed);

        assertThat(LongStream.range(pass * size, (pass + 1) * size).mapToInt(schedule::imageAt))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, size).boxed().toList());
    }

    @Property(tries = 200)
    void batchesAreRunsOfOneStreamHoweverItIsCut(
            @ForAll @IntRange(min = 1, max = 50) int size,
            @ForAll long seed,
            @ForAll @LongRange(min = 0, max = 500) long position,
            @ForAll @IntRange(min = 1, max = 120) int count) {
        byte[] stream =
                new BatchSchedule(numbered(size), seed).batch(0, 620).labels().orElseThrow();
        BatchSchedule schedule = new BatchSchedule(numbered(size), seed);
        schedule.batch(310, 1);

        byte[] labels = schedule.batch(position, count).labels().orElseThrow();

        for (int i = 0; i < count; i++) {
            assertThat(labels[i]).isEqualTo(stream[(int) position + i]);
        }
    }

    @Test
    void imagesKeepTheirLabels() {
        ImageBatch batch = new BatchSchedule(numbered(40), 3).batch(35, 12);

        assertThat(batch.count()).isEqualTo(12);
        assertThat(batch.height()).isEqualTo(1);
        assertThat(batch.width()).isEqualTo(2);
        for (int i = 0; i < 12; i++) {
            byte label = batch.labels().orElseThrow()[i];
            assertThat(batch.images()[2 * i]).isEqualTo(label);
            assertThat(batch.images()[2 * i + 1]).isEqualTo((byte) (label + 100));
        }
    }

    @Test
    void seedsAndPassesHaveOrdersOfTheirOwn() {
        BatchSchedule schedule = new BatchSchedule(numbered(100), 1);

        assertThat(schedule.batch(0, 100)).isNotEqualTo(schedule.batch(100, 100));
        assertThat(schedule.batch(0, 100)).isNotEqualTo(new BatchSchedule(numbered(100), 2).batch(0, 100));
        // A seed's second pass is not the next seed's first.
        assertThat(schedule.batch(100, 100)).isNotEqualTo(new BatchSchedule(numbered(100), 2).batch(0, 100));
    }

    @Test
    void theLargestBatchIsARecordUnderOneMegabyte() {
        Dataset digits = new DrawnDigits(0).images(0, 10);
        int max = BatchSchedule.maxBatchSize(digits);

        assertThat(new BatchSchedule(digits, 0).batch(0, max).encode().length).isBetween(990_000, 999_000);
        assertThat(max).isGreaterThanOrEqualTo(ProducerConfig.MAX_BATCH_SIZE);
    }

    @Test
    void thereIsNoBatchBeforeTheStreamAndNoneWithoutImages() {
        BatchSchedule schedule = new BatchSchedule(numbered(3), 0);

        assertThatThrownBy(() -> schedule.batch(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> schedule.batch(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Images of 1 x 2 pixels, (i, i + 100), labelled i. */
    static Dataset numbered(int count) {
        byte[] images = new byte[2 * count];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) i;
            images[2 * i] = (byte) i;
            images[2 * i + 1] = (byte) (i + 100);
        }
        return new Dataset("numbered", 1, 2, count, images, labels);
    }
}
