package sparsestream.merge;

/**
 * How far a merge service has come with one model; what was not committed and is done again counts again.
 *
 * @param version of the last model that this process has merged; 0 before the first
 * @param images learned by then
 * @param missing contributions that rounds have ended without
 * @param refused contributions that went to the dead letters
 */
public record MergeProgress(String model, long version, long images, long missing, long refused) {}
