/**
 * From checkpoints to images.
 *
 * <p>The words, used alike in documents, code and tests: a checkpoint that has been verified and loaded is a <em>model
 * version</em>; the one that images are drawn from now is <em>served</em>, and putting a newer one in its place is a
 * <em>swap</em>. An image is <em>drawn</em> from (version, seed, index) and <em>generated</em> once the broker has it.
 *
 * <p>Three threads: one {@linkplain sparsestream.published.CheckpointFollower follows the checkpoints} and {@linkplain
 * sparsestream.sampler.ModelSwap swaps}, one {@linkplain sparsestream.sampler.ImageEmitter emits the images}, and one {@linkplain
 * sparsestream.sampler.RequestDesk answers requests}. They share the {@linkplain sparsestream.sampler.SamplerState state}. Whoever shows
 * what they do is a {@link sparsestream.sampler.Spectator}, as the {@code gallery} package is.
 *
 * <p>Readiness has a check {@code kafka} and one for each model. A model without a checkpoint is <em>starting</em>: the
 * sampler is not ready to show images of it, and nothing is wrong, since a trainer may be started later. Once served, a
 * model stays up however old its version is; how old is a matter of the staleness meter.
 */
package sparsestream.sampler;
