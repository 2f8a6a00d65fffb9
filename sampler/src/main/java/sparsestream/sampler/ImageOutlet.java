package sparsestream.sampler;

import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.Topic;

/** The way of all images onto the topic, asked for or not: what the broker has is counted, and shown as one of the newest. */
final class ImageOutlet {
    private final Producer<byte[], byte[]> producer;
    private final Topic topic;
    private final SamplerState state;
    private final SamplerMetrics metrics;

    ImageOutlet(Producer<byte[], byte[]> producer, Topic topic, SamplerState state, SamplerMetrics metrics) {
        this.producer = producer;
        this.topic = topic;
        this.state = state;
        this.metrics = metrics;
    }

    /** Hands an image to the client. */
    Future<RecordMetadata> send(GeneratedImage image) {
        return send(image, failure -> {});
    }

    /**
     * Hands an image to the client.
     *
     * @param answered told when the broker has it, or why it does not; in the client's thread, or at once in the caller's
     */
    Future<RecordMetadata> send(GeneratedImage image, Consumer<Optional<Exception>> answered) {
        return producer.send(image.toRecord(topic), (metadata, failure) -> {
            if (failure == null) {
                arrived(image, metadata);
            }
            answered.accept(Optional.ofNullable(failure));
        });
    }

    private void arrived(GeneratedImage image, RecordMetadata metadata) {
        ServedModel model = state.model(image.model()).orElseThrow();
        model.generated(new EmittedImage(image, metadata.partition(), metadata.offset()));
        metrics.imageGenerated(model.name());
    }
}
