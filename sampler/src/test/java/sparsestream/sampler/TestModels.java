package sparsestream.sampler;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Topics;
import sparsestream.model.layers.Network;
import sparsestream.published.ModelVersion;
import sparsestream.published.NetworkTensors;

/** Small models with random weights, and samplers that serve them. */
public final class TestModels {
    public static final String RUN = "test-run";
    public static final Instant COMMITTED = Instant.parse("2026-03-04T05:06:07Z");

    private static final int SIDE = 28;

    private TestModels() {}

    /** What a sampler of these models has before the first checkpoint. */
    public static SamplerState state(String... models) {
        return new SamplerState(List.of(models));
    }

    public static void connected(SamplerState state, boolean connected) {
        state.connected(connected);
    }

    public static void serve(SamplerState state, ModelVersion version) {
        state.model(version.model()).orElseThrow().swap(version);
    }

    /** Has the broker take an image. */
    public static void generate(SamplerState state, GeneratedImage image) {
        state.model(image.model()).orElseThrow().generated(emitted(image));
    }

    /** An image as if the broker had it at an offset of the same number as its index. */
    public static EmittedImage emitted(GeneratedImage image) {
        return new EmittedImage(image, 0, image.index());
    }

    /** A version whose decoder of 5 → 16 → 784 follows from its number. */
    public static ModelVersion version(String model, long version) {
        return version(model, version, COMMITTED);
    }

    public static ModelVersion version(String model, long version, Instant committed) {
        try {
            return ModelVersion.load(model, checkpoint(model, version), committed);
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    static Checkpoint checkpoint(String model, long version) {
        Random random = new Random(version);
        List<Network> networks =
                List.of(network("decoder", random, 5, 16, SIDE * SIDE), network("encoder", random, SIDE * SIDE, 16));
        PublishedModel published = new PublishedModel(
                model,
                "decoder",
                SIDE,
                SIDE,
                version * 10,
                version * 1280,
                0,
                version * 10,
                0.48,
                "00ff",
                NetworkTensors.of(networks));
        return new Checkpoint(RUN + "/" + model, version, published.encode());
    }

    /** The records of a checkpoint as a consumer gets them: its parts, then the manifest. */
    static List<ConsumerRecord<byte[], byte[]>> records(Checkpoint checkpoint) {
        return CheckpointCodec.encode(new Topics("").modelCheckpoints(), checkpoint).stream()
                .map(TestModels::consumed)
                .toList();
    }

    public static ConsumerRecord<byte[], byte[]> consumed(ProducerRecord<byte[], byte[]> sent) {
        return consumed(sent, 0);
    }

    public static ConsumerRecord<byte[], byte[]> consumed(ProducerRecord<byte[], byte[]> sent, long offset) {
        return new ConsumerRecord<>(
                sent.topic(),
                0,
                offset,
                COMMITTED.toEpochMilli(),
                TimestampType.CREATE_TIME,
                sent.key().length,
                sent.value().length,
                sent.key(),
                sent.value(),
                new RecordHeaders(sent.headers()),
                Optional.empty());
    }

    private static Network network(String name, Random random, int... widths) {
        return new Network(
                name,
                IntStream.range(1, widths.length)
                        .mapToObj(i -> new Network.Layer(
                                widths[i - 1],
                                widths[i],
                                gaussian(random, widths[i - 1] * widths[i]),
                                gaussian(random, widths[i])))
                        .toList());
    }

    private static float[] gaussian(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() / 2;
        }
        return values;
    }
}
