package sparsestream.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.LatentSource;
import sparsestream.contract.Topics;

class ImageOutletTest {
    private static final Topics TOPICS = new Topics("");

    private final SamplerState state = TestModels.state("vae", "gan");
    private final ServedModel vae = state.model("vae").orElseThrow();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final List<Optional<Exception>> answers = new ArrayList<>();
    private final ImageOutlet outlet = new ImageOutlet(producer, TOPICS.imagesGenerated(), state, SamplerMetrics.NOOP);

    @Test
    void whatIsOnTheTopicIsCountedAndKeptWithWhoAskedForIt() {
        assertThat(outlet.send(image(0, Optional.empty()), answers::add)).isNotDone();
        assertThat(outlet.send(image(1, Optional.of("a-1")))).isNotDone();
        assertThat(vae.imagesGenerated()).isZero();
        producer.completeNext();
        producer.completeNext();
        assertThat(answers).containsExactly(Optional.empty());
        assertThat(vae.imagesGenerated()).isEqualTo(2);
        assertThat(vae.recent().since(0, 2).images())
                .satisfiesExactly(
                        first -> {
                            assertThat(first.image().requestId()).isEmpty();
                            assertThat(first.offset()).isZero();
                        },
                        second -> {
                            assertThat(second.image().requestId()).contains("a-1");
                            assertThat(second.offset()).isEqualTo(1);
                        });
    }

    @Test
    void whatTheBrokerRefusesIsNot() {
        assertThat(outlet.send(image(0, Optional.empty()), answers::add)).isNotDone();
        producer.errorNext(new TopicAuthorizationException("images.generated"));
        assertThat(answers).singleElement().satisfies(answer -> assertThat(answer)
                .containsInstanceOf(TopicAuthorizationException.class));
        assertThat(vae.imagesGenerated()).isZero();
    }

    private static GeneratedImage image(long index, Optional<String> request) {
        return TestModels.version("vae", 1)
                .draw(3, index, LatentSource.PLAIN, request, TestModels.COMMITTED, "/sparsestream/test-run/sampler");
    }
}
