package sparsestream.contract;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** A record that could not be used, with the reason, so that it can be looked at and put back. */
public final class DeadLetter {
    private static final String PREFIX = "dlq.";
    private static final int MAX_REASON_CHARS = 1_000;

    private DeadLetter() {}

    /**
     * Key, value and headers as read, and where it was read and why it was refused in the headers {@code dlq.topic},
     * {@code dlq.partition}, {@code dlq.offset}, {@code dlq.timestamp}, {@code dlq.error.class} and {@code
     * dlq.error.message} (cut to 1,000 characters); they replace those of an earlier refusal.
     *
     * <p>The value is never cut, so the record is larger than the source by these headers, and uncompressed where the
     * source may have been compressed: who sends it needs a {@code max.request.size} with room for that.
     */
    public static ProducerRecord<byte[], byte[]> of(
            Topic deadLetters, ConsumerRecord<byte[], byte[]> source, Exception reason) {
        var letter = new ProducerRecord<>(deadLetters.name(), source.key(), source.value());
        for (Header header : source.headers()) {
            if (!header.key().startsWith(PREFIX)) {
                letter.headers().add(header);
            }
        }
        add(letter, "topic", source.topic());
        add(letter, "partition", source.partition());
        add(letter, "offset", source.offset());
        add(letter, "timestamp", source.timestamp());
        add(letter, "error.class", reason.getClass().getName());
        String message = String.valueOf(reason.getMessage());
        add(letter, "error.message", message.substring(0, Math.min(message.length(), MAX_REASON_CHARS)));
        return letter;
    }

    private static void add(ProducerRecord<byte[], byte[]> letter, String name, Object value) {
        letter.headers().add(PREFIX + name, value.toString().getBytes(StandardCharsets.UTF_8));
    }
}
