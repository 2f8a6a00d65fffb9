package sparsestream.sampler;

import sparsestream.contract.GeneratedImage;

/** An image with its place on {@code images.generated}. */
public record EmittedImage(GeneratedImage image, int partition, long offset) {}
