package sparsestream.producer.ingest;

import sparsestream.contract.ImageBatch;

/**
 * Which images are taken, and how they are made alike.
 *
 * @param height of the images to learn, in pixels
 * @param width of the images to learn, in pixels
 * @param maxBytes the largest record's value, unpacked
 * @param maxPixels the largest image, as its header tells, before any pixel is decoded
 */
public record ImageRules(int height, int width, OnSize onSize, int maxBytes, int maxPixels) {
    public static final int DEFAULT_MAX_BYTES = 4 << 20;
    public static final int DEFAULT_MAX_PIXELS = 4_000_000;

    /** @throws IllegalArgumentException if a value is out of range; the message is one line that names the option */
    public ImageRules {
        requireBetween("--image-height", height, 1, ImageBatch.MAX_SIDE);
        requireBetween("--image-width", width, 1, ImageBatch.MAX_SIDE);
        // Less, and the raw bytes of an image of the size wanted would be refused.
        requireBetween("--max-bytes", maxBytes, height * width, 64 << 20);
        requireBetween("--max-pixels", maxPixels, height * width, 100_000_000);
    }

    static void requireBetween(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "%s must be between %s and %s, got %s".formatted(option, min, max, value));
        }
    }
}
