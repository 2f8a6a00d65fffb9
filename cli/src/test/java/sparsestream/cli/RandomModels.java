package sparsestream.cli;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Tensor;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.kafka.TopicCreation;

/** Publishes versions of a model of 28×28 images, with weights that follow from the version, as a trainer does. */
final class RandomModels implements AutoCloseable {
    static final int LATENT = 8;

    private static final int HIDDEN = 16;
    private static final int SIDE = 28;

    private final Topic topic;
    private final Producer<byte[], byte[]> producer;

    RandomModels(String bootstrapServers, Topics topics) {
        this(bootstrapServers, topics.modelCheckpoints());
    }

    /** @param topic to create, if it is not there */
    RandomModels(String bootstrapServers, Topic topic) {
        this.topic = topic;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            TopicCreation.ensure(admin, List.of(topic));
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "transactional.id", "random-models-" + UUID.randomUUID()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
    }

    /**
     * Commits a version of a run's model, which happens only if every record of it was written.
     *
     * @return when it was committed
     */
    @SuppressWarnings("FutureReturnValueIgnored")
    Instant publish(String run, String model, long version) {
        producer.beginTransaction();
        for (ProducerRecord<byte[], byte[]> record : CheckpointCodec.encode(topic, checkpoint(run, model, version))) {
            producer.send(record);
        }
        producer.commitTransaction();
        return Instant.now();
    }

    private static Checkpoint checkpoint(String run, String model, long version) {
        Random random = new Random(version);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("decoder.0.weight", tensor(random, HIDDEN, LATENT));
        tensors.put("decoder.0.bias", tensor(random, HIDDEN));
        tensors.put("decoder.1.weight", tensor(random, SIDE * SIDE, HIDDEN));
        tensors.put("decoder.1.bias", tensor(random, SIDE * SIDE));
        PublishedModel published = new PublishedModel(
                model, "decoder", SIDE, SIDE, version * 10, version * 1280, 0, version * 10, 0, "00ff", tensors);
        return new Checkpoint(run + "/" + model, version, published.encode());
    }

    private static Tensor tensor(Random random, int... shape) {
        int length = 1;
        for (int size : shape) {
            length *= size;
        }
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian() / 2;
        }
        return Tensor.ofFloats(values, shape);
    }

    @Override
    public void close() {
        producer.close();
    }
}
