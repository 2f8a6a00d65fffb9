package sparsestream.producer.ingest;

import java.util.OptionalInt;
import sparsestream.contract.ImageBatch;

/**
 * One image to learn from. The pixels are handed over, not copied.
 *
 * @param height from 1 to {@value ImageBatch#MAX_SIDE}
 * @param width from 1 to {@value ImageBatch#MAX_SIDE}
 * @param pixels [height, width], 0 black to 255 white
 * @param label class of the image, from 0 to 255, where it is known
 */
record GreyImage(int height, int width, byte[] pixels, OptionalInt label) {
    GreyImage {
        if (height < 1 || height > ImageBatch.MAX_SIDE || width < 1 || width > ImageBatch.MAX_SIDE) {
            throw new IllegalArgumentException("an image of " + width + "×" + height + " pixels");
        }
        if (pixels.length != height * width) {
            throw new IllegalArgumentException(
                    "%s pixels for an image of %s×%s".formatted(pixels.length, width, height));
        }
        if (label.isPresent() && (label.getAsInt() < 0 || label.getAsInt() > 255)) {
            throw new IllegalArgumentException("label " + label.getAsInt() + " is not from 0 to 255");
        }
    }

    GreyImage withLabel(OptionalInt known) {
        return new GreyImage(height, width, pixels, known);
    }

    boolean hasSizeOf(GreyImage other) {
        return height == other.height && width == other.width;
    }
}
