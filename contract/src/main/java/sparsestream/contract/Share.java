package sparsestream.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a round has of one partition: batches that its replica learned, starting from a merged model.
 *
 * @param partition of {@code images.batches}
 * @param number of the replica's contribution, from 1
 * @param base version of the merged model that the replica started from; 0 is the initial one
 * @param from first offset that it met
 * @param to the offset after the last
 * @param batches that it learned
 * @param images in those
 */
public record Share(int partition, long number, long base, long from, long to, long batches, long images) {
    /** Larger than any number of partitions that a broker has. */
    static final int MAX_PARTITIONS = 100_000;

    public Share {
        if (partition < 0 || partition >= MAX_PARTITIONS) {
            throw new IllegalArgumentException("partition " + partition + " of a share");
        }
        if (number < 1 || base < 0 || from < 0 || to < from || batches < 1 || images < batches) {
            throw new IllegalArgumentException(
                    "contribution %s, based on version %s, of offsets [%s, %s), %s batches and %s images"
                            .formatted(number, base, from, to, batches, images));
        }
    }

    void addTo(ObjectNode json) {
        json.put("partition", partition)
                .put("number", number)
                .put("base", base)
                .put("from", from)
                .put("to", to)
                .put("batches", batches)
                .put("images", images);
    }

    static Share read(JsonNode json) throws MalformedMessageException {
        try {
            return new Share(
                    Math.toIntExact(Round.integer(json, "partition")),
                    Round.integer(json, "number"),
                    Round.integer(json, "base"),
                    Round.integer(json, "from"),
                    Round.integer(json, "to"),
                    Round.integer(json, "batches"),
                    Round.integer(json, "images"));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new MalformedMessageException("shares", e.getMessage(), e);
        }
    }
}
