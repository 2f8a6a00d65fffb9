/**
 * How good a model is, and whether its stream has changed. Pure computations: values in, values out, in a fixed order of additions.
 *
 * <p>An {@link sparsestream.model.evaluation.Evaluator} measures a model on held-out images and on images that it makes, as a
 * {@link sparsestream.model.evaluation.Classifier} sees them: {@link sparsestream.model.evaluation.FrechetDistance},
 * {@link sparsestream.model.evaluation.Neighbourhoods} for density and coverage, and
 * {@link sparsestream.model.evaluation.ClassHistogram}. {@link sparsestream.model.evaluation.FadingAverage} is the prequential
 * loss; {@link sparsestream.model.evaluation.PageHinkley} and {@link sparsestream.model.evaluation.Adwin} watch it for drift.
 */
package sparsestream.model.evaluation;
