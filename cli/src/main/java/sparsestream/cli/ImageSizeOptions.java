package sparsestream.cli;

import picocli.CommandLine.Option;

/** Size of the images to learn; batches of other sizes are rejected. */
final class ImageSizeOptions {
    @Option(
            names = "--image-height",
            paramLabel = "PIXELS",
            defaultValue = "28",
            description = "Height of the images to learn (default: ${DEFAULT-VALUE}).")
    private int height;

    @Option(
            names = "--image-width",
            paramLabel = "PIXELS",
            defaultValue = "28",
            description = "Width of the images to learn (default: ${DEFAULT-VALUE}).")
    private int width;

    int height() {
        return height;
    }

    int width() {
        return width;
    }
}
