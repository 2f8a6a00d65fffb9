package sparsestream.producer.ingest;

import java.util.Optional;
import java.util.OptionalInt;
import sparsestream.producer.picture.EncodedPicture;
import sparsestream.producer.picture.PictureReader;
import sparsestream.producer.picture.UnreadablePictureException;

/**
 * Makes grey images of one size from whatever clients send: a pure function of the value and the rules, for any number of threads.
 *
 * <p>What begins as a PNG or JPEG does is taken for that, anything else for raw grey bytes, row by row.
 */
final class ImageDecoder {
    private final ImageRules rules;
    private final PictureReader reader = new PictureReader();

    ImageDecoder(ImageRules rules) {
        this.rules = rules;
    }

    /**
     * The image of a record's value.
     *
     * @param value as read; null, which Kafka calls a tombstone, is refused
     * @throws RefusedImageException if it is no image, or not one that the rules allow
     */
    GreyImage decode(byte[] value) {
        if (value == null || value.length == 0) {
            throw new RefusedImageException("value is empty");
        }
        if (value.length > rules.maxBytes()) {
            throw new RefusedImageException(
                    "value has %s bytes, more than --max-bytes %s".formatted(value.length, rules.maxBytes()));
        }
        try {
            Optional<EncodedPicture> picture = reader.open(value);
            return picture.isPresent() ? picture(picture.get()) : raw(value);
        } catch (UnreadablePictureException e) {
            throw new RefusedImageException(e.getMessage(), e);
        }
    }

    private GreyImage raw(byte[] value) {
        if (value.length != rules.height() * rules.width()) {
            throw new RefusedImageException(
                    "value is neither PNG nor JPEG, and its %s bytes are not the %s × %s of a raw image"
                            .formatted(value.length, rules.width(), rules.height()));
        }
        return image(value);
    }

    private GreyImage picture(EncodedPicture encoded) {
        int height = encoded.height();
        int width = encoded.width();
        if (height < 1 || width < 1 || (long) height * width > rules.maxPixels()) {
            throw new RefusedImageException(
                    "image has %s × %s pixels, and --max-pixels is %s".formatted(width, height, rules.maxPixels()));
        }
        boolean asWanted = height == rules.height() && width == rules.width();
        if (!asWanted && rules.onSize() == OnSize.REJECT) {
            throw new RefusedImageException(
                    "image has %s × %s pixels, not %s × %s".formatted(width, height, rules.width(), rules.height()));
        }
        byte[] greys = Greys.of(reader.decode(encoded));
        return image(asWanted ? greys : AreaResampling.resize(greys, height, width, rules.height(), rules.width()));
    }

    private GreyImage image(byte[] pixels) {
        return new GreyImage(rules.height(), rules.width(), pixels, OptionalInt.empty());
    }
}
