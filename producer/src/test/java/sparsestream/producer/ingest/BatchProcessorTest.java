package sparsestream.producer.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import sparsestream.contract.ImageBatch;

/** A processor that takes over the store of another. */
class BatchProcessorTest {
    private final KeyValueStore<Integer, byte[]> store = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore("store"), Serdes.Integer(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();

    private final MockProcessorContext<String, StreamBatch> context = new MockProcessorContext<>();

    @Test
    void whoeverTakesOverMakesTheBatchesThatTheFirstWouldHaveMade() {
        List<ImageBatch> undisturbed = new ArrayList<>();
        ShuffleBuffer buffer = new ShuffleBuffer(rules(8), 0);
        for (int i = 0; i < 80; i++) {
            buffer.add(new GreyImage(2, 2, pixels(i), OptionalInt.empty()));
            if (buffer.isFull()) {
                undisturbed.addAll(buffer.drain());
            }
        }

        openStore();
        for (int i = 0; i < 80; i++) {
            // In the end each image meets a processor that knows only the store.
            BatchProcessor processor = processor(2, rules(8));
            processor.process(new Record<>(null, pixels(i), 1));
        }
        assertThat(forwarded()).hasSize(20).containsExactlyElementsOf(undisturbed);
    }

    @Test
    void imagesOfAnotherSizeThatAreLeftBehindLeaveFirst() {
        openStore();
        BatchProcessor small = processor(2, rules(8));
        for (int i = 0; i < 3; i++) {
            small.process(new Record<>(null, pixels(i), 1));
        }
        BatchProcessor large = processor(3, rules(8));
        large.process(new Record<>(null, new byte[9], 1));
        assertThat(forwarded()).extracting(ImageBatch::count).containsExactly(3);
        assertThat(forwarded()).extracting(ImageBatch::height).containsExactly(2);
    }

    @Test
    void aSmallerBufferLetsGoOfAllThatIsHeld() {
        openStore();
        BatchProcessor roomy = processor(2, rules(8));
        for (int i = 0; i < 7; i++) {
            roomy.process(new Record<>(null, pixels(i), 1));
        }
        processor(2, rules(4)).process(new Record<>(null, pixels(7), 1));
        assertThat(forwarded()).extracting(ImageBatch::count).containsExactly(4, 4);
        // The places beyond the new size hold what has left, which must not come back.
        processor(2, rules(8)).process(new Record<>(null, pixels(8), 1));
        processor(2, rules(4));
        assertThat(forwarded()).hasSize(2);
    }

    private void openStore() {
        context.setCurrentSystemTimeMs(0);
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
    }

    private BatchProcessor processor(int side, BatchRules rules) {
        ImageRules images = new ImageRules(side, side, OnSize.RESIZE, 5000, 100);
        BatchProcessor processor =
                new BatchProcessor("images.raw", store.name(), new ImageDecoder(images), rules, IngestMetrics.NOOP);
        processor.init(context);
        return processor;
    }

    private List<ImageBatch> forwarded() {
        return context.forwarded().stream()
                .map(captured -> captured.record().value().batch())
                .toList();
    }

    private static BatchRules rules(int shuffleBuffer) {
        return new BatchRules(4, shuffleBuffer, Duration.ofSeconds(1), 3);
    }

    private static byte[] pixels(int number) {
        return new byte[] {(byte) number, 1, 2, 3};
    }
}
