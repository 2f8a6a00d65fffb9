package sparsestream.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Topics;

class ImageEmitterTest {
    private static final Map<String, Object> KAFKA = Map.of("bootstrap.servers", "localhost:9092");

    private final SamplerState state = TestModels.state("vae", "gan");
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

    @Test
    void withoutAVersionNothingIsDrawnAndNothingIsDue() {
        assertThat(emitter(0, producer).emitDue(System.nanoTime())).isEqualTo(Long.MAX_VALUE);
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void indexesCountUpFromWhereTheTopicEnds() {
        ImageEmitter emitter = emitter(0, producer);
        serve("vae", 1);
        for (int i = 0; i < 3; i++) {
            assertThat(emitter.emitDue(System.nanoTime())).isZero();
        }
        assertThat(sent()).extracting(GeneratedImage::index).containsExactly(40L, 41L, 42L);
        assertThat(sent()).extracting(GeneratedImage::seed).containsOnly(9L);
        assertThat(state.model("vae").orElseThrow().imagesGenerated()).isEqualTo(3);
    }

    @Test
    void anImageIsTheVersionsOwnWithTheNextServedFromTheNextImageOn() throws MalformedMessageException {
        ImageEmitter emitter = emitter(0, producer);
        serve("gan", 1);
        emitter.emitDue(System.nanoTime());
        serve("gan", 2);
        emitter.emitDue(System.nanoTime());
        assertThat(sent()).extracting(GeneratedImage::version).containsExactly(1L, 2L);
        for (GeneratedImage image : sent()) {
            assertThat(image)
                    .isEqualTo(TestModels.version("gan", image.version())
                            .draw(9, image.index(), image.time(), "/sparsestream/test-run/sampler"));
        }
    }

    @Test
    void aBatchIsInOrderAndOfOneVersion() throws MalformedMessageException {
        SamplerConfig config = new SamplerConfig(KAFKA, "", TestModels.RUN, List.of("vae", "gan"), 0, 9);
        ImageEmitter emitter = emitter(config, 50, producer);
        serve("vae", 1);
        emitter.emitDue(System.nanoTime());
        serve("vae", 2);
        emitter.emitDue(System.nanoTime());
        assertThat(sent())
                .extracting(GeneratedImage::index)
                .isEqualTo(LongStream.range(40, 140).boxed().toList());
        assertThat(sent().subList(0, 50)).extracting(GeneratedImage::version).containsOnly(1L);
        for (GeneratedImage image : sent().subList(50, 100)) {
            assertThat(image)
                    .isEqualTo(TestModels.version("vae", 2)
                            .draw(9, image.index(), image.time(), "/sparsestream/test-run/sampler"));
        }
    }

    @Test
    void eachModelKeepsItsOwnPace() {
        // Pace is reckoned from the emitter's beginning, so what may take long comes before it.
        serve("vae", 1);
        serve("gan", 1);
        ImageEmitter emitter = emitter(4, producer);
        long now = System.nanoTime();
        emitter.emitDue(now);
        emitter.emitDue(now);
        assertThat(sent()).extracting(GeneratedImage::model).containsExactly("vae", "gan");
        assertThat(emitter.emitDue(now)).isBetween(1L, Duration.ofMillis(250).toNanos());
        emitter.emitDue(now + Duration.ofMillis(250).toNanos());
        assertThat(sent()).hasSize(4);
    }

    @Test
    void anImageCountsOnceTheBrokerHasIt() {
        var slow = new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        ImageEmitter emitter = emitter(0, slow);
        serve("vae", 1);
        emitter.emitDue(System.nanoTime());
        assertThat(state.model("vae").orElseThrow().imagesGenerated()).isZero();
        slow.completeNext();
        assertThat(state.model("vae").orElseThrow().imagesGenerated()).isEqualTo(1);
    }

    @Test
    void whatTheBrokerRefusesEndsIt() {
        var refusing = new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        ImageEmitter emitter = emitter(0, refusing);
        serve("vae", 1);
        emitter.emitDue(System.nanoTime());
        refusing.errorNext(new TopicAuthorizationException("images.generated"));
        assertThatThrownBy(() -> emitter.emitDue(System.nanoTime()))
                .isInstanceOf(KafkaException.class)
                .hasMessageStartingWith("an image was refused: ");
    }

    @Test
    void anImageThatFoundNoRoomIsDrawnAgain() {
        var full = new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
                var sent = super.send(record, callback);
                if (history().size() == 1) {
                    errorNext(new TimeoutException("no room"));
                }
                return sent;
            }
        };
        ImageEmitter emitter = emitter(0, full);
        serve("vae", 1);
        for (int i = 0; i < 3; i++) {
            emitter.emitDue(System.nanoTime());
        }
        assertThat(full.history()).extracting(record -> image(record).index()).containsExactly(40L, 40L, 41L);
    }

    @Test
    void itWaitsForAVersionAndStopsAtOnce() throws InterruptedException {
        ImageEmitter emitter = emitter(0.001, producer);
        Thread thread = new Thread(emitter);
        thread.start();
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        serve("vae", 1);
        emitter.wake();
        await().until(() -> sent().size() == 1);
        emitter.stop();
        thread.join(Duration.ofSeconds(5).toMillis());
        assertThat(thread.isAlive()).isFalse();
    }

    private ImageEmitter emitter(double rate, MockProducer<byte[], byte[]> to) {
        SamplerConfig config = new SamplerConfig(KAFKA, "", TestModels.RUN, List.of("vae", "gan"), rate, 9);
        return emitter(config, 1, to);
    }

    private ImageEmitter emitter(SamplerConfig config, int batch, MockProducer<byte[], byte[]> to) {
        return new ImageEmitter(
                config,
                batch,
                state,
                Map.of("vae", 40L),
                new ImageOutlet(to, new Topics("").imagesGenerated(), state, SamplerMetrics.NOOP),
                Clock.systemUTC());
    }

    private void serve(String model, long version) {
        state.model(model).orElseThrow().swap(TestModels.version(model, version));
    }

    private List<GeneratedImage> sent() {
        return producer.history().stream().map(ImageEmitterTest::image).toList();
    }

    private static GeneratedImage image(ProducerRecord<byte[], byte[]> record) {
        try {
            return GeneratedImage.fromRecord(TestModels.consumed(record));
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }
}
