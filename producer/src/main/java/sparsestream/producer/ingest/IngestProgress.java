package sparsestream.producer.ingest;

/**
 * What this process has done; what was not committed and is done again counts again.
 *
 * @param taken images that were decoded
 * @param refused records that went to the dead letters
 * @param batches that went to the topic
 */
public record IngestProgress(long taken, long refused, long batches) {}
