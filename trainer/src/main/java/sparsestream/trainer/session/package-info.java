/**
 * The trainer as a member of a consumer group: the {@link sparsestream.trainer.session.TrainerService} owns the thread, and follows
 * each session that fails with another.
 */
package sparsestream.trainer.session;
