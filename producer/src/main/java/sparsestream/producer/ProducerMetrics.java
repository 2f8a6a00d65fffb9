package sparsestream.producer;

import org.apache.kafka.clients.producer.Producer;

/** Told what the producer does. Called from its thread and from the Kafka client's. */
public interface ProducerMetrics {
    ProducerMetrics NOOP = new ProducerMetrics() {
        @Override
        public void batchProduced(int images) {}

        @Override
        public void clientOpened(Producer<?, ?> client) {}

        @Override
        public void clientClosing() {}
    };

    /** A batch is on the topic. */
    void batchProduced(int images);

    void clientOpened(Producer<?, ?> client);

    void clientClosing();
}
