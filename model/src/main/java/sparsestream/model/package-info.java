/**
 * The models and how they learn: a pure core that knows no Kafka, no clock and no logging.
 *
 * <p>A {@link sparsestream.model.StreamModel} is a {@link sparsestream.model.vae.Vae} or a {@link sparsestream.model.gan.Gan}. One
 * <em>step</em> learns one batch and is a pure function of (configuration, seed, step, parameters, batch). Each network is a
 * {@link sparsestream.model.layers.DenseStack} of {@link sparsestream.model.layers.Parameters}, updated by
 * {@link sparsestream.model.layers.Adam} whose soft threshold, set by {@link sparsestream.model.layers.L1}, makes weights exactly zero.
 * What a step needs of chance comes from {@link sparsestream.model.layers.Noise}. A trained
 * {@link sparsestream.model.ImageGenerator} makes images, with the same bits on every machine.
 *
 * <p>Matrices are row-major, one row an example. Losses are in nats an image, gradients are means over the batch.
 */
package sparsestream.model;
