/**
 * What the records of one partition make of a model: values in, values out, no Kafka client and no clock.
 *
 * <p>A {@link sparsestream.trainer.learning.Learner} learns or rejects one record after the other. A {@link
 * sparsestream.trainer.learning.PartitionWork} gathers what the next transaction makes visible. A {@link
 * sparsestream.trainer.learning.Role} says how the learner stands to those of other partitions.
 */
package sparsestream.trainer.learning;
