package sparsestream.published;

import sparsestream.contract.Sha256;

/**
 * Images that are never learned, to measure what the model makes of the unseen.
 *
 * @param images [count, height · width] U8; not copied
 */
public record HeldOut(int count, int height, int width, byte[] images) {
    public HeldOut {
        if (count < 1 || images.length != (long) count * height * width) {
            throw new IllegalArgumentException(
                    count + " images of " + height + "×" + width + " can't be " + images.length + " bytes");
        }
    }

    /**
     * Checks that a model learns images of this size.
     *
     * @throws IllegalArgumentException if not
     */
    public void requireSize(int modelHeight, int modelWidth) {
        if (height != modelHeight || width != modelWidth) {
            throw new IllegalArgumentException("held-out images are %s×%s, the model's are %s×%s"
                    .formatted(height, width, modelHeight, modelWidth));
        }
    }

    /** Of the images, in lower-case hexadecimal. */
    public String sha256() {
        return Sha256.hex(images);
    }
}
