package sparsestream.producer.ingest;

/** What becomes of an image of another size than the one wanted. */
public enum OnSize {
    /** Stretched or shrunk by area. */
    RESIZE,
    /** To the dead letters. */
    REJECT
}
