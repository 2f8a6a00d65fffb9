/**
 * The trainer: batches in, updates, checkpoints out.
 *
 * <p>{@code learning} decides, without Kafka's clients or a clock, what the records of a partition make of a model and what is
 * published of it; {@code watch} judges the model on the way. {@code session} takes part in the consumer group, polls and publishes.
 * {@code replay} puts back what was refused. Here is what all of them use.
 */
package sparsestream.trainer;
