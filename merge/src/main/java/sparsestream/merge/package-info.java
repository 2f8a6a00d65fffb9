/**
 * Merging: from what the replicas of a run learn to one public model, on Kafka Streams.
 *
 * <p>Each partition of {@code images.batches} has a <em>replica</em>, which learns a number of batches and gives what has changed as a
 * <em>contribution</em>. A <em>round</em> averages the contributions that are there, takes an outer step and makes a <em>merged
 * model</em>, whose version is the number of the round and from which the replicas go on. The replica's side, {@link
 * sparsestream.merge.Replicas}, is handed to a trainer; the {@link sparsestream.merge.MergeService} makes the rounds. {@link sparsestream.merge.RoundMerge}
 * and {@link sparsestream.merge.OpenRound} are values in and values out; what each round consisted of is recorded, so that it
 * can be made again.
 */
package sparsestream.merge;
