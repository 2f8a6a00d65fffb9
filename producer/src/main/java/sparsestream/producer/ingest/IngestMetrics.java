package sparsestream.producer.ingest;

/** Told what ingest does, from the threads of Kafka Streams; what is not committed is done, and told, again. */
public interface IngestMetrics {
    IngestMetrics NOOP = new IngestMetrics() {
        @Override
        public void imageTaken() {}

        @Override
        public void imageRefused() {}

        @Override
        public void batchMade(int images) {}
    };

    /** An image waits for its batch. */
    void imageTaken();

    /** A record goes to the dead letters. */
    void imageRefused();

    /** A batch goes to its topic. */
    void batchMade(int images);
}
