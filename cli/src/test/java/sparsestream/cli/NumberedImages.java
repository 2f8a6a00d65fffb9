package sparsestream.cli;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import sparsestream.contract.ImageBatch;
import sparsestream.producer.Datasets;
import sparsestream.producer.Split;

/**
 * A client that puts raw images on {@code images.raw}, one after the other, until it is stopped. Each is a drawn digit whose first
 * four pixels are its number: 0, 1, ...
 */
final class NumberedImages implements AutoCloseable {
    private static final int PIXELS = 28 * 28;
    private static final int LINGER_MS = 20;

    private final byte[] digits;
    private final Producer<byte[], byte[]> producer;
    private final FutureTask<Integer> sending = new FutureTask<>(this::send);
    private volatile boolean stopped;

    /** @param home where data sets may be, see {@link Datasets} */
    NumberedImages(String bootstrapServers, Path home) {
        digits = new Datasets(Map.of(), home, progress -> {})
                .load("drawn", Split.TRAIN)
                .images();
        // Whoever waits for each record sends no more than one in the time that the client lingers.
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.LINGER_MS_CONFIG,
                        LINGER_MS,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        Integer.MAX_VALUE,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        Integer.MAX_VALUE),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        new Thread(sending, "sending").start();
    }

    private int send() throws Exception {
        int count = 0;
        for (; !stopped; count++) {
            producer.send(new ProducerRecord<>("images.raw", image(count))).get();
        }
        return count;
    }

    private byte[] image(int number) {
        int start = number % (digits.length / PIXELS) * PIXELS;
        byte[] image = Arrays.copyOfRange(digits, start, start + PIXELS);
        ByteBuffer.wrap(image).putInt(number);
        return image;
    }

    /** The numbers of a batch of such images. */
    static List<Integer> numbers(ImageBatch batch) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < batch.count(); i++) {
            numbers.add(ByteBuffer.wrap(batch.images(), i * PIXELS, PIXELS).getInt());
        }
        return numbers;
    }

    /** Ends it, and returns how many images are on the topic. */
    int stop() throws Exception {
        stopped = true;
        return sending.get(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        stopped = true;
        producer.close(Duration.ofSeconds(5));
    }
}
