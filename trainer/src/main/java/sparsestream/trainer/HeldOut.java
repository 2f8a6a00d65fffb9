package sparsestream.trainer;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(images));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
