package sparsestream.contract;

import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * A record that could not be used, with the reason, so that it can be looked at and put back.
 *
 * @param topic where it was read
 * @param partition where it was read
 * @param offset where it was read
 * @param errorClass of the reason
 * @param errorMessage the reason, cut to 1,000 characters
 * @param valueOmitted whether its value was too large to come along
 */
public record DeadLetter(
        String topic, int partition, long offset, String errorClass, String errorMessage, boolean valueOmitted) {
    /** A record may unpack to any size; a larger value than this stays in its source topic. */
    public static final int MAX_VALUE_BYTES = 64 << 20;

    /** The header of a record that was put back: the letter it was, as {@code TOPIC-PARTITION@OFFSET}. */
    public static final String REPLAYED_FROM = "replayed.from";

    private static final String PREFIX = "dlq.";
    private static final String OMITTED_BYTES = "dlq.value.omitted";
    private static final int MAX_REASON_CHARS = 1_000;

    /**
     * Key, value and headers as read, and where it was read and why it was refused in the headers {@code dlq.topic},
     * {@code dlq.partition}, {@code dlq.offset}, {@code dlq.timestamp}, {@code dlq.error.class} and {@code
     * dlq.error.message} (cut to 1,000 characters); they replace those of an earlier refusal.
     *
     * <p>The value is never cut, so the record is larger than the source by these headers, and uncompressed where the
     * source may have been compressed: who sends it needs a {@code max.request.size} with room for that, and compression.
     * A value of more than {@link #MAX_VALUE_BYTES} is left out, and {@code dlq.value.omitted} tells its size.
     */
    public static ProducerRecord<byte[], byte[]> of(
            Topic deadLetters, ConsumerRecord<byte[], byte[]> source, Exception reason) {
        boolean omitted = source.value() != null && source.value().length > MAX_VALUE_BYTES;
        var letter = new ProducerRecord<>(deadLetters.name(), source.key(), omitted ? null : source.value());
        copyForeign(source.headers(), letter.headers());
        String message = Objects.requireNonNullElse(reason.getMessage(), "");
        HeaderFields headers = new HeaderFields(letter.headers())
                .add("dlq.topic", source.topic())
                .add("dlq.partition", source.partition())
                .add("dlq.offset", source.offset())
                .add("dlq.timestamp", source.timestamp())
                .add("dlq.error.class", reason.getClass().getName())
                .add("dlq.error.message", message.substring(0, Math.min(message.length(), MAX_REASON_CHARS)));
        if (omitted) {
            headers.add(OMITTED_BYTES, source.value().length);
        }
        return letter;
    }

    /**
     * What a record on the dead letter topic tells of the record it was.
     *
     * @throws MalformedMessageException if it is no dead letter; the field is the header
     */
    public static DeadLetter read(ConsumerRecord<byte[], byte[]> letter) throws MalformedMessageException {
        HeaderFields headers = new HeaderFields(letter.headers());
        long partition = headers.integer("dlq.partition");
        if (partition < 0 || partition > Integer.MAX_VALUE) {
            throw headers.malformed("dlq.partition", partition + " is not a partition", null);
        }
        return new DeadLetter(
                headers.text("dlq.topic"),
                (int) partition,
                headers.integer("dlq.offset"),
                headers.text("dlq.error.class"),
                headers.text("dlq.error.message"),
                letter.headers().lastHeader(OMITTED_BYTES) != null);
    }

    /**
     * The record to put back: to the partition it came from, with its own key and headers, and {@link #REPLAYED_FROM}.
     *
     * @param letter that this was read from
     * @param value the letter's own, or a repaired one
     */
    public ProducerRecord<byte[], byte[]> putBack(ConsumerRecord<byte[], byte[]> letter, byte[] value) {
        var record = new ProducerRecord<>(topic, partition, letter.key(), value);
        copyForeign(letter.headers(), record.headers());
        record.headers().remove(REPLAYED_FROM);
        new HeaderFields(record.headers()).add(REPLAYED_FROM, address(letter));
        return record;
    }

    /** A record's place, as {@code TOPIC-PARTITION@OFFSET}. */
    public static String address(ConsumerRecord<?, ?> record) {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    private static void copyForeign(Headers from, Headers to) {
        for (Header header : from) {
            if (!header.key().startsWith(PREFIX)) {
                to.add(header);
            }
        }
    }
}
