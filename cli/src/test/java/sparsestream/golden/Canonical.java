package sparsestream.golden;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Records as lines that are the same whenever and wherever the same was done. Left out are the records' timestamps and, as {@code
 * (time)}, what else is one: the headers {@code ce_time} and {@code dlq.timestamp}, and {@code lastBatchMs} in events.
 */
final class Canonical {
    private static final Set<String> TIMES = Set.of("ce_time", "dlq.timestamp");
    private static final String LAST_BATCH = "(\"lastBatchMs\":)[0-9]+";
    private static final String TIME = "(time)";

    private Canonical() {}

    /**
     * The records of each key in their order, by topic, partition and key. Whose records came first says nothing, nor does which of a
     * model's images did, which are told apart by their {@code ce_id}.
     */
    static SortedMap<String, List<String>> lines(List<ProducerRecord<byte[], byte[]>> records) {
        SortedMap<String, List<String>> lines = new TreeMap<>();
        for (ProducerRecord<byte[], byte[]> record : records) {
            Header id = record.headers().lastHeader("ce_id");
            String place = "%s-%s %s %s"
                    .formatted(
                            record.topic(), record.partition(), text(record.key()), id == null ? "" : text(id.value()));
            lines.computeIfAbsent(place, any -> new ArrayList<>()).add(line(record));
        }
        return lines;
    }

    /** Headers and value. */
    static String line(ProducerRecord<byte[], byte[]> record) {
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(header.key() + "=" + (TIMES.contains(header.key()) ? TIME : text(header.value())));
        }
        String value = text(record.value());
        boolean isEvent = record.topic().endsWith("training.events");
        return headers + " " + (isEvent ? value.replaceAll(LAST_BATCH, "$1" + TIME) : value);
    }

    private static String text(byte[] bytes) {
        if (bytes == null) {
            return "null";
        }
        return Recording.isText(bytes) ? new String(bytes, UTF_8) : bytes.length + " bytes, SHA-256 " + sha256(bytes);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The record, its value as this Java runtime writes it if it is a PNG: pixels are for good, but how they are compressed is zlib's. */
    static ProducerRecord<byte[], byte[]> ofThisRuntime(ProducerRecord<byte[], byte[]> record) {
        Header type = record.headers().lastHeader("content-type");
        boolean isImage = type != null && text(type.value()).equals("image/png");
        return isImage
                ? new ProducerRecord<>(
                        record.topic(), record.partition(), record.key(), rewritten(record.value()), record.headers())
                : record;
    }

    private static byte[] rewritten(byte[] png) {
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ImageIO.write(image, "png", bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
