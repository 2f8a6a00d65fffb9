package sparsestream.trainer;

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
}
