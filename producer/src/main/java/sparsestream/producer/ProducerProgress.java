package sparsestream.producer;

import java.util.OptionalLong;

/**
 * How far the stream has come.
 *
 * @param images images on the topic, those of earlier sessions that were continued included
 * @param imagesPerSecond over the last seconds
 * @param totalImages where the stream ends; empty if it is endless
 */
public record ProducerProgress(long images, double imagesPerSecond, OptionalLong totalImages) {}
