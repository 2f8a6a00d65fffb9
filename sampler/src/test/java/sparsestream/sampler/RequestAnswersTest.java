package sparsestream.sampler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.GreyPng;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Topics;
import sparsestream.model.ImageGenerator;
import sparsestream.published.Archive;
import sparsestream.published.ModelVersion;
import sparsestream.sampler.RequestAnswers.Outcome;

class RequestAnswersTest {
    private static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");
    private static final SamplerConfig CONFIG = new SamplerConfig(
            Map.of("bootstrap.servers", "localhost:9092"), "", TestModels.RUN, List.of("vae", "gan"), 4, 9);

    private final SamplerState state = TestModels.state("vae", "gan");
    private final List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
    private final ModelVersion served = TestModels.version("vae", 5);

    @TempDir
    private Path directory;

    @Test
    void aSeedsImagesAreDrawnInOrder() throws MalformedMessageException {
        assertThat(ask("{'id':'q','model':'vae','count':150,'seed':3}")).isEqualTo(Outcome.ANSWERED);
        assertThat(sent).hasSize(150);
        for (int i = 0; i < sent.size(); i++) {
            GeneratedImage image = image(i);
            assertThat(image.index()).isEqualTo(i);
            assertThat(image.requestId()).contains("q");
            assertThat(image.version()).isEqualTo(5);
            assertThat(GreyPng.decode(image.png())).isEqualTo(served.generator().image(3, i));
        }
    }

    @Test
    void anInterpolationGoesFromOneSeedToTheOther() throws MalformedMessageException {
        ask("{'id':'q','model':'vae','count':3,'interpolation':{'from':3,'to':4}}");
        ImageGenerator generator = served.generator();
        assertThat(GreyPng.decode(image(0).png())).isEqualTo(generator.image(3, 0));
        assertThat(GreyPng.decode(image(1).png())).isEqualTo(generator.image(generator.between(3, 4, 0.5)));
        assertThat(GreyPng.decode(image(2).png())).isEqualTo(generator.image(4, 0));
    }

    @Test
    void truncationShrinksTheLatentVectorAndGivenOnesAreTakenAsTheyAre() throws MalformedMessageException {
        ask("{'id':'q','model':'vae','seed':3,'truncation':0.5}");
        ask("{'id':'q','model':'vae','latents':[[1,2,-3,0.5,0]]}");
        float[] z = served.generator().latentVector(3, 0);
        for (int i = 0; i < z.length; i++) {
            z[i] /= 2;
        }
        assertThat(GreyPng.decode(image(0).png())).isEqualTo(served.generator().image(z));
        assertThat(GreyPng.decode(image(1).png())).isEqualTo(served.generator().image(new float[] {1, 2, -3, 0.5f, 0}));
    }

    /** All that the record says, and the checkpoint, make the same bytes again. */
    @Test
    void everyRequestedImageCanBeDrawnAgainFromItsRecord() throws MalformedMessageException {
        ask("{'id':'q','model':'vae','seed':3,'truncation':0.3}");
        ask("{'id':'q','model':'vae','count':4,'interpolation':{'from':3,'to':4},'truncation':0.9}");
        ask("{'id':'q','model':'vae','latents':[[0.1,0.2,0.3,0.4,0.5]]}");
        for (int i = 0; i < sent.size(); i++) {
            GeneratedImage image = image(i);
            assertThat(served.draw(
                            image.seed(),
                            image.index(),
                            image.latent(),
                            image.requestId(),
                            image.time(),
                            image.source()))
                    .isEqualTo(image);
        }
        assertThat(sent).hasSize(6);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "rubbish | request: ",
                "{'id':'q','model':'vae','count':0} | count: 0 is not an integer from 1 to 1000",
                "{'id':'q','model':'wgan'} | model: 'wgan' is not served here, but [vae, gan]",
                "{'id':'q','model':'gan'} | model: no version of gan is published yet",
                "{'id':'q','model':'vae','latents':[[1]]} | latents.0: has 1 elements, and vae has 5 latent dimensions",
                "{'id':'q','model':'vae','version':4} | version: 4 of vae is not kept: version 5 is served now, and"
                        + " this sampler has no archive"
            })
    void whatCannotBeAnsweredIsRefusedWithTheReasonAndPutAside(String json, String reason)
            throws MalformedMessageException {
        assertThat(ask(json)).isEqualTo(Outcome.REFUSED);
        assertThat(sent).hasSize(2);
        assertThat(sent.get(0).topic()).isEqualTo("sample.refusals");
        assertThat(new String(sent.get(0).value(), UTF_8)).startsWith("{\"reason\":\"" + reason);
        assertThat(sent.get(1).topic()).isEqualTo("sample.requests.dlq");
        assertThat(new String(sent.get(1).value(), UTF_8)).isEqualTo(json.replace('\'', '"'));
        DeadLetter letter = DeadLetter.read(TestModels.consumed(sent.get(1)));
        assertThat(letter.topic()).isEqualTo("sample.requests");
        assertThat(letter.offset()).isEqualTo(17);
        assertThat(letter.errorMessage()).startsWith(reason);
    }

    @Test
    void anOlderVersionComesFromTheArchive() throws Exception {
        Archive archive = Archive.writable(directory);
        archive.keep(TestModels.version("vae", 4));
        assertThat(ask("{'id':'q','model':'vae','version':4,'seed':3}", Optional.of(archive)))
                .isEqualTo(Outcome.ANSWERED);
        assertThat(image(0).version()).isEqualTo(4);
        assertThat(GreyPng.decode(image(0).png()))
                .isEqualTo(TestModels.version("vae", 4).generator().image(3, 0));
        assertThat(ask("{'id':'q','model':'vae','version':5}", Optional.of(archive)))
                .isEqualTo(Outcome.ANSWERED);
        assertThat(ask("{'id':'q','model':'vae','version':3}", Optional.of(archive)))
                .isEqualTo(Outcome.REFUSED);
    }

    @Test
    void whatIsForAnotherRunIsLeftAlone() {
        assertThat(ask("{'id':'q','model':'vae','run':'other'}")).isEqualTo(Outcome.LEFT_ALONE);
        assertThat(sent).isEmpty();
        assertThat(ask("{'id':'q','model':'vae','run':'test-run'}")).isEqualTo(Outcome.ANSWERED);
    }

    private Outcome ask(String json) {
        return ask(json, Optional.empty());
    }

    private Outcome ask(String json, Optional<Archive> archive) {
        state.model("vae").orElseThrow().swap(served);
        var record = new ConsumerRecord<>(
                "sample.requests", 2, 17, new byte[0], json.replace('\'', '"').getBytes(UTF_8));
        return new RequestAnswers(CONFIG, state, archive).answer(record, NOW, new RequestAnswers.Outbox() {
            @Override
            public void image(GeneratedImage image) {
                sent.add(image.toRecord(new Topics("").imagesGenerated()));
            }

            @Override
            public void other(ProducerRecord<byte[], byte[]> record) {
                sent.add(record);
            }
        });
    }

    private GeneratedImage image(int index) throws MalformedMessageException {
        return GeneratedImage.fromRecord(TestModels.consumed(sent.get(index)));
    }
}
