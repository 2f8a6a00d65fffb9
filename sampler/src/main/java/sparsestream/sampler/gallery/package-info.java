/**
 * The page that shows what a sampler does, and the pictures and figures that it and others ask for.
 *
 * <p>The {@linkplain sparsestream.sampler.gallery.Gallery gallery} serves it. It reads the sampler's state and is, as a {@link
 * sparsestream.sampler.Spectator}, told of each version; all that is only shown is computed here: {@linkplain
 * sparsestream.sampler.gallery.TimeLapse pictures of the past}, {@linkplain sparsestream.sampler.gallery.Insight what the weights tell},
 * {@linkplain sparsestream.sampler.gallery.LatentWalk walks through the latent space}, and the {@linkplain
 * sparsestream.sampler.gallery.TrainingHistory history of training}, which a thread of its own reads from {@code training.events}.
 *
 * <p>The sampler knows none of it, and works as well without.
 */
package sparsestream.sampler.gallery;
