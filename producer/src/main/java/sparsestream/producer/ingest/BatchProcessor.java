package sparsestream.producer.ingest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import sparsestream.contract.ImageBatch;
import sparsestream.producer.BatchOrigin;

/**
 * Moves images of one partition into its {@link ShuffleBuffer} and batches out of it, and keeps the store in step.
 *
 * <p>The store has the held images under 0, 1, ... in the order in which they came, and the stream's position under {@value
 * #POSITION}. Where images have left, the next ones take their places, so that the changelog has one record an image and no more
 * keys than the buffer has places.
 */
final class BatchProcessor implements Processor<byte[], byte[], String, StreamBatch> {
    private static final int POSITION = -1;
    private static final String LABEL = "label";
    private static final Pattern LABEL_TEXT = Pattern.compile("(\"?)([0-9]{1,3})\\1");
    private static final int MAX_LABEL = 255;
    private static final Duration MAX_CHECK_INTERVAL = Duration.ofMillis(100);

    private final String source;
    private final String store;
    private final ImageDecoder decoder;
    private final BatchRules rules;
    private final IngestMetrics metrics;

    private ProcessorContext<String, StreamBatch> context;
    private KeyValueStore<Integer, byte[]> images;
    private ShuffleBuffer buffer;
    private long waitingSinceMs;

    BatchProcessor(String source, String store, ImageDecoder decoder, BatchRules rules, IngestMetrics metrics) {
        this.source = source;
        this.store = store;
        this.decoder = decoder;
        this.rules = rules;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<String, StreamBatch> given) {
        context = given;
        images = context.getStateStore(store);
        buffer = restored();
        waitingSinceMs = context.currentSystemTimeMs();
        Duration interval = rules.maxWait().compareTo(MAX_CHECK_INTERVAL) < 0 ? rules.maxWait() : MAX_CHECK_INTERVAL;
        context.schedule(interval, PunctuationType.WALL_CLOCK_TIME, this::releaseWhenDue);
    }

    /** @throws RefusedImageException before anything is changed, if the record is no image */
    @Override
    public void process(Record<byte[], byte[]> record) {
        GreyImage image = image(record);
        if (!buffer.takes(image)) {
            release();
        }
        if (buffer.size() == 0) {
            waitingSinceMs = context.currentSystemTimeMs();
        }
        int place = buffer.size();
        images.put(place, new HeldImage(buffer.position() + place, image).encode());
        buffer.add(image);
        metrics.imageTaken();
        if (buffer.isFull()) {
            release();
        }
    }

    private GreyImage image(Record<byte[], byte[]> record) {
        try {
            return decoder.decode(record.value()).withLabel(label(record.headers()));
        } catch (RefusedImageException e) {
            metrics.imageRefused();
            throw e;
        }
    }

    private void releaseWhenDue(long nowMs) {
        if (buffer.size() > 0 && nowMs - waitingSinceMs >= rules.maxWait().toMillis()) {
            release();
        }
    }

    private void release() {
        long position = buffer.position();
        for (ImageBatch batch : buffer.drain()) {
            context.forward(record(position, batch));
            metrics.batchMade(batch.count());
            position += batch.count();
        }
        images.put(POSITION, ByteBuffer.allocate(Long.BYTES).putLong(position).array());
    }

    private Record<String, StreamBatch> record(long position, ImageBatch batch) {
        int partition = context.taskId().partition();
        String stream = source + "-" + partition;
        Headers headers = new RecordHeaders();
        new BatchOrigin(stream, rules.seed(), position, batch.count()).addTo(headers);
        return new Record<>(stream, new StreamBatch(partition, batch), context.currentSystemTimeMs(), headers);
    }

    private ShuffleBuffer restored() {
        byte[] stored = images.get(POSITION);
        ShuffleBuffer found = new ShuffleBuffer(
                rules, stored == null ? 0 : ByteBuffer.wrap(stored).getLong());
        for (byte[] next = images.get(0); next != null; next = images.get(found.size())) {
            HeldImage held = HeldImage.decode(next);
            if (held.number() != found.position() + found.size()) {
                break;
            }
            found.add(held.image());
        }
        return found;
    }

    /** Decimal digits, which some clients write as a JSON string, so with quotes. */
    private static OptionalInt label(Headers headers) {
        Header header = headers.lastHeader(LABEL);
        if (header == null || header.value() == null) {
            return OptionalInt.empty();
        }
        Matcher digits = LABEL_TEXT.matcher(new String(header.value(), StandardCharsets.UTF_8));
        if (!digits.matches() || Integer.parseInt(digits.group(2)) > MAX_LABEL) {
            throw new RefusedImageException("header label is no number from 0 to 255 in decimal digits, such as 7");
        }
        return OptionalInt.of(Integer.parseInt(digits.group(2)));
    }
}
