package sparsestream.producer;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Where in which stream a batch stands, as the headers {@code dataset}, {@code seed}, {@code position} and
 * {@code images} of its record. A producer that starts again reads them from the topic's last record.
 *
 * @param position place of the batch's first image in the stream
 * @param images number of images in the batch
 */
public record BatchOrigin(String dataset, long seed, long position, int images) {
    private static final String DATASET = "dataset";
    private static final String SEED = "seed";
    private static final String POSITION = "position";
    private static final String IMAGES = "images";

    public void addTo(Headers headers) {
        add(headers, DATASET, dataset);
        add(headers, SEED, Long.toString(seed));
        add(headers, POSITION, Long.toString(position));
        add(headers, IMAGES, Integer.toString(images));
    }

    /** Empty if a header is missing or senseless: then another kind of client wrote the record. */
    public static Optional<BatchOrigin> of(Headers headers) {
        try {
            BatchOrigin origin = new BatchOrigin(
                    text(headers, DATASET),
                    Long.parseLong(text(headers, SEED)),
                    Long.parseLong(text(headers, POSITION)),
                    Integer.parseInt(text(headers, IMAGES)));
            return Optional.of(origin).filter(o -> o.position >= 0 && o.images > 0 && o.end() > 0);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Position of the image that follows this batch. */
    public long end() {
        return position + images;
    }

    public boolean isOf(String otherDataset, long otherSeed) {
        return dataset.equals(otherDataset) && seed == otherSeed;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
