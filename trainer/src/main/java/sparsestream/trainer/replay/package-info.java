/** Putting dead letters back onto the topic they came from. */
package sparsestream.trainer.replay;
