/**
 * Watching over a model while it learns: its prequential loss, drift of the stream, evaluations, the gate before publishing and the way
 * back to the last good model.
 */
package sparsestream.trainer.watch;
