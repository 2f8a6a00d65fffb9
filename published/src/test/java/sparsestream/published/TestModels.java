package sparsestream.published;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Tensor;
import sparsestream.contract.Topics;

/** Small models with random weights, and their checkpoints. */
final class TestModels {
    static final String RUN = "test-run";
    static final Instant COMMITTED = Instant.parse("2026-03-04T05:06:07Z");
    static final int SIDE = 28;
    static final int LATENT = 5;

    private static final int HIDDEN = 16;

    private TestModels() {}

    /** A published model of {@code LATENT} → 16 → 784, whose weights follow from the version. */
    static PublishedModel published(String model, long version) {
        Random random = new Random(version);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("decoder.0.weight", tensor(random, HIDDEN, LATENT));
        tensors.put("decoder.0.bias", tensor(random, HIDDEN));
        tensors.put("decoder.1.weight", tensor(random, SIDE * SIDE, HIDDEN));
        tensors.put("decoder.1.bias", tensor(random, SIDE * SIDE));
        tensors.put("encoder.0.weight", tensor(random, HIDDEN, SIDE * SIDE));
        return published(model, version, tensors);
    }

    static PublishedModel published(String model, long version, Map<String, Tensor> tensors) {
        return new PublishedModel(
                model, "decoder", SIDE, SIDE, version * 10, version * 1280, 0, version * 10, 0.48, "00ff", tensors);
    }

    static Checkpoint checkpoint(String model, long version) {
        return checkpoint(model, version, published(model, version).encode());
    }

    static Checkpoint checkpoint(String model, long version, Safetensors contents) {
        return new Checkpoint(RUN + "/" + model, version, contents);
    }

    static ModelVersion version(String model, long version) {
        try {
            return ModelVersion.load(model, checkpoint(model, version), COMMITTED);
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    /** The records of a checkpoint as a consumer gets them: its parts, then the manifest. */
    static List<ConsumerRecord<byte[], byte[]>> records(Checkpoint checkpoint) {
        return CheckpointCodec.encode(new Topics("").modelCheckpoints(), checkpoint).stream()
                .map(TestModels::consumed)
                .toList();
    }

    private static ConsumerRecord<byte[], byte[]> consumed(ProducerRecord<byte[], byte[]> sent) {
        return new ConsumerRecord<>(
                sent.topic(),
                0,
                0,
                COMMITTED.toEpochMilli(),
                TimestampType.CREATE_TIME,
                sent.key().length,
                sent.value().length,
                sent.key(),
                sent.value(),
                new RecordHeaders(sent.headers()),
                Optional.empty());
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
}
