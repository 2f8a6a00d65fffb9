package sparsestream.contract;

/**
 * The size of a grey image, or of each in a batch.
 *
 * @param height in pixels
 * @param width in pixels
 */
record ImageSize(int height, int width) {
    @Override
    public String toString() {
        return height + "×" + width;
    }
}
