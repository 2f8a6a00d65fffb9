/**
 * From single images of any client to image batches, on Kafka Streams.
 *
 * <p>Each partition of {@code images.raw} is a <em>stream</em> of its own. Its images are decoded, made grey and of one size, and held
 * in a <em>block</em> that is changelogged; a full block, or one whose oldest image has waited long enough, is shuffled and leaves as
 * batches. An image's place among the images of its stream that have left is its <em>position</em>, from 0. Batches follow from
 * (settings, seed, the stream's records) alone, except where a block left for the time that it had waited.
 */
package sparsestream.producer.ingest;
