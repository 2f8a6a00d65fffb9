/**
 * Where contract meets model: what trainers publish, as networks that compute.
 *
 * <p>A checkpoint that has been verified and loaded is a {@linkplain sparsestream.published.ModelVersion model version}, which draws. It
 * comes from the topic, {@linkplain sparsestream.published.PublishedVersions once} or {@linkplain
 * sparsestream.published.CheckpointFollower as it comes}, or out of an {@linkplain sparsestream.published.Archive archive}; it goes elsewhere
 * in an {@linkplain sparsestream.published.ExportFormat export}, and is measured {@linkplain sparsestream.published.HeldOutEvaluator on
 * images that nobody learns}. {@link sparsestream.published.NetworkTensors} is the one place that turns a network into tensors and back.
 *
 * <p>Trainer, sampler and command line use this package; it knows none of them.
 */
package sparsestream.published;
