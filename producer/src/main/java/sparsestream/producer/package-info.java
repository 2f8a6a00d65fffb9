/**
 * From a dataset to a stream of image batches.
 *
 * <p>A <em>dataset</em> is a fixed list of grey images with labels. The <em>stream</em> is endless: one shuffled
 * <em>pass</em> over the dataset after another, and an image's place in it is its <em>position</em>, from 0. A
 * <em>batch</em> is a run of consecutive positions and becomes one record. Which image stands at which position follows
 * from the dataset and the seed alone, so that a restarted producer goes on exactly where the topic ends.
 */
package sparsestream.producer;
