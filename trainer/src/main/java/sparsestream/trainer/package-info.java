/**
 * The trainer: batches in, updates, checkpoints out.
 *
 * <p>A {@link sparsestream.trainer.Learner} decides, without Kafka or a clock, what one record of a partition means: it is
 * learned or rejected, and what a checkpoint contains. A {@link sparsestream.trainer.PartitionTrainer} publishes what its
 * learner has to say in one transaction. The {@link sparsestream.trainer.TrainerService} polls, and owns the thread.
 */
package sparsestream.trainer;
