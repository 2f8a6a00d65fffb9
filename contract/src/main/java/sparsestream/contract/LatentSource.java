package sparsestream.contract;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import org.apache.kafka.common.header.Headers;

/**
 * How the latent vector of an image comes about. With the image's seed and index, and the checkpoint, it is all that determines
 * the image.
 */
public sealed interface LatentSource {
    /** Dimensions that a latent vector may have at most. */
    int MAX_DIMENSIONS = 4096;

    /** The vector of the image's seed and index as it is. */
    LatentSource PLAIN = new Seed(1);

    /** Writes what is to be told beside seed and index. */
    void addTo(Headers headers);

    /**
     * The vector of the image's seed and index.
     *
     * @param truncation factor of every element, from 0 to 1: less varied, more typical images
     */
    record Seed(double truncation) implements LatentSource {
        public Seed {
            requireShare("truncation", truncation);
        }

        @Override
        public void addTo(Headers headers) {
            if (truncation != 1) {
                new HeaderFields(headers).add(TRUNCATION, truncation);
            }
        }
    }

    /**
     * On the great arc between the first vectors of two seeds, the image's own and another.
     *
     * @param toSeed the other
     * @param position 0 at the image's own seed, 1 at the other
     * @param truncation as of {@link Seed}
     */
    record Between(long toSeed, double position, double truncation) implements LatentSource {
        public Between {
            requireShare("position", position);
            requireShare("truncation", truncation);
        }

        @Override
        public void addTo(Headers headers) {
            new HeaderFields(headers).add(TO_SEED, toSeed).add(POSITION, position);
            new Seed(truncation).addTo(headers);
        }
    }

    /**
     * This vector; seed and index only tell images apart.
     *
     * @param vector [latent], finite; not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // Equality is by content.
    record Given(float[] vector) implements LatentSource {
        public Given {
            if (vector.length < 1 || vector.length > MAX_DIMENSIONS) {
                throw new IllegalArgumentException("a latent vector of " + vector.length + " elements");
            }
            for (float element : vector) {
                if (!Float.isFinite(element)) {
                    throw new IllegalArgumentException("a latent vector must be finite, got " + element);
                }
            }
        }

        /** Base64 of F32, little-endian: the same bits come back. */
        @Override
        public void addTo(Headers headers) {
            ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(vector);
            new HeaderFields(headers).add(LATENT, Base64.getEncoder().encodeToString(bytes.array()));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Given that && Arrays.equals(vector, that.vector);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(vector);
        }

        @Override
        public String toString() {
            return "Given" + Arrays.toString(vector);
        }
    }

    String TRUNCATION = "ce_truncation";
    String TO_SEED = "ce_toseed";
    String POSITION = "ce_position";
    String LATENT = "ce_latent";

    /**
     * What the headers of an image tell; {@link #PLAIN} if they tell nothing.
     *
     * @throws MalformedMessageException if a header has no legal value; the field is the header
     */
    static LatentSource read(Headers headers) throws MalformedMessageException {
        HeaderFields fields = new HeaderFields(headers);
        if (headers.lastHeader(LATENT) != null) {
            return given(fields);
        }
        double truncation = headers.lastHeader(TRUNCATION) == null ? 1 : share(fields, TRUNCATION);
        return headers.lastHeader(TO_SEED) == null
                ? new Seed(truncation)
                : new Between(fields.integer(TO_SEED), share(fields, POSITION), truncation);
    }

    private static Given given(HeaderFields fields) throws MalformedMessageException {
        try {
            byte[] bytes = Base64.getDecoder().decode(fields.text(LATENT));
            if (bytes.length % Float.BYTES != 0) {
                throw fields.malformed(LATENT, bytes.length + " bytes are no F32 elements", null);
            }
            float[] vector = new float[bytes.length / Float.BYTES];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(vector);
            return new Given(vector);
        } catch (IllegalArgumentException e) {
            throw fields.malformed(LATENT, e.getMessage(), e);
        }
    }

    private static double share(HeaderFields fields, String name) throws MalformedMessageException {
        String text = fields.text(name);
        try {
            double share = Double.parseDouble(text);
            requireShare(name, share);
            return share;
        } catch (IllegalArgumentException e) {
            throw fields.malformed(name, "'" + text + "' is not a number from 0 to 1", e);
        }
    }

    private static void requireShare(String name, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(name + " must be from 0 to 1, got " + share);
        }
    }
}
