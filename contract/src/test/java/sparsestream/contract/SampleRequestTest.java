package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sparsestream.contract.SampleRequest.Sample;

class SampleRequestTest {
    @Test
    void imagesOfASeedAreItsFirst() throws MalformedMessageException {
        SampleRequest request = parse("{'id':'a-1','model':'vae','count':3,'seed':-9223372036854775808}");

        assertThat(request.id()).isEqualTo("a-1");
        assertThat(request.model()).isEqualTo("vae");
        assertThat(request.version()).isEmpty();
        assertThat(request.run()).isEmpty();
        assertThat(request.samples())
                .containsExactly(
                        new Sample(Long.MIN_VALUE, 0, LatentSource.PLAIN),
                        new Sample(Long.MIN_VALUE, 1, LatentSource.PLAIN),
                        new Sample(Long.MIN_VALUE, 2, LatentSource.PLAIN));
    }

    @Test
    void anInterpolationHasBothEndsAndEqualSteps() throws MalformedMessageException {
        SampleRequest request = parse("{'id':'a','model':'gan','version':12,'run':'r','count':5,'truncation':0.5,"
                + "'interpolation':{'from':3,'to':4}}");

        assertThat(request.version()).isEqualTo(OptionalLong.of(12));
        assertThat(request.run()).contains("r");
        assertThat(request.samples()).extracting(Sample::seed).containsOnly(3L);
        assertThat(request.samples())
                .extracting(Sample::latent)
                .containsExactly(
                        new LatentSource.Between(4, 0, 0.5),
                        new LatentSource.Between(4, 0.25, 0.5),
                        new LatentSource.Between(4, 0.5, 0.5),
                        new LatentSource.Between(4, 0.75, 0.5),
                        new LatentSource.Between(4, 1, 0.5));
        assertThat(parse("{'id':'a','model':'gan','interpolation':{'from':3,'to':4}}")
                        .samples())
                .containsExactly(new Sample(3, 0, new LatentSource.Between(4, 0, 1)));
    }

    @Test
    void latentsAreTakenAsTheyAre() throws MalformedMessageException {
        assertThat(parse("{'id':'a','model':'vae','latents':[[1,-0.5],[1e-3,0]]}")
                        .samples())
                .extracting(Sample::latent)
                .isEqualTo(List.of(
                        new LatentSource.Given(new float[] {1, -0.5f}),
                        new LatentSource.Given(new float[] {1e-3f, 0})));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "rubbish | request",
                "[] | request",
                "{'model':'vae'} | id",
                "{'id':7,'model':'vae'} | id",
                "{'id':'','model':'vae'} | id",
                "{'id':'a b','model':'vae'} | id",
                "{'id':'a'} | model",
                "{'id':'a','model':'v/e'} | model",
                "{'id':'a','model':'vae','kount':1} | kount",
                "{'id':'a','model':'vae','count':0} | count",
                "{'id':'a','model':'vae','count':1001} | count",
                "{'id':'a','model':'vae','count':2.5} | count",
                "{'id':'a','model':'vae','count':'2'} | count",
                "{'id':'a','model':'vae','seed':9223372036854775808} | seed",
                "{'id':'a','model':'vae','version':-1} | version",
                "{'id':'a','model':'vae','run':'a/b'} | run",
                "{'id':'a','model':'vae','truncation':1.5} | truncation",
                "{'id':'a','model':'vae','truncation':-0.1} | truncation",
                "{'id':'a','model':'vae','truncation':null} | truncation",
                "{'id':'a','model':'vae','latents':[]} | latents",
                "{'id':'a','model':'vae','latents':7} | latents",
                "{'id':'a','model':'vae','latents':[[]]} | latents.0",
                "{'id':'a','model':'vae','latents':[[1],[1,1e39]]} | latents.1.1",
                "{'id':'a','model':'vae','latents':[['1']]} | latents.0.0",
                "{'id':'a','model':'vae','latents':[[1]],'count':2} | count",
                "{'id':'a','model':'vae','latents':[[1]],'truncation':1} | truncation",
                "{'id':'a','model':'vae','latents':[[1]],'interpolation':{'from':1,'to':2}} | latents",
                "{'id':'a','model':'vae','interpolation':[1,2]} | interpolation",
                "{'id':'a','model':'vae','interpolation':{'from':1}} | to",
                "{'id':'a','model':'vae','interpolation':{'from':1,'to':2,'via':3}} | interpolation.via"
            })
    void whatIsWrongIsNamed(String json, String field) {
        assertThat(refused(json).field()).isEqualTo(field);
    }

    @Test
    void tooLargeAndEmptyRequestsAreRefused() {
        assertThat(refused("{'id':'a','model':'vae','latents':[[" + "1,".repeat(LatentSource.MAX_DIMENSIONS) + "1]]}")
                        .field())
                .isEqualTo("latents.0");
        assertThat(refused("{'id':'" + "a".repeat(1 << 20) + "'}").getMessage()).contains("bytes of JSON");
        assertThat(catchThrowableOfType(
                                MalformedMessageException.class,
                                () -> SampleRequest.fromRecord(Records.read("key", null)))
                        .field())
                .isEqualTo("request");
    }

    @Test
    void aRefusalHasTheIdIfThereIsOneAndThePlaceOtherwise() {
        Instant time = Instant.parse("2026-01-02T03:04:05Z");
        ConsumerRecord<byte[], byte[]> known = record("{'id':'a-7','model':'vae','count':0}");
        ConsumerRecord<byte[], byte[]> unknown = record("rubbish");

        RequestRefusal refusal = RequestRefusal.of(known, new MalformedMessageException("count", "is 0"), time, "/s");
        ProducerRecord<byte[], byte[]> sent = refusal.toRecord(new Topics("").sampleRefusals());

        assertThat(sent.topic()).isEqualTo("sample.refusals");
        assertThat(Records.text(sent.value())).isEqualTo("{\"reason\":\"count: is 0\",\"request\":\"topic-3@41\"}");
        assertThat(header(sent, "ce_correlationid")).isEqualTo("a-7");
        assertThat(header(sent, "ce_type")).isEqualTo("sparsestream.request.refused.v1");
        assertThat(header(sent, "content-type")).isEqualTo("application/json");
        assertThat(header(sent, "ce_id")).isEqualTo("topic-3@41-refused");
        assertThat(RequestRefusal.of(unknown, new IllegalStateException(), time, "/s")
                        .requestId())
                .isEqualTo("topic-3@41");
        assertThat(SampleRequest.id(record("{'id':'a b'}"))).isEqualTo(Optional.empty());
    }

    private static String header(ProducerRecord<byte[], byte[]> record, String name) {
        return Records.text(record.headers().lastHeader(name).value());
    }

    private static SampleRequest parse(String json) throws MalformedMessageException {
        return SampleRequest.fromRecord(record(json));
    }

    private static ConsumerRecord<byte[], byte[]> record(String json) {
        return Records.read("key", json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static MalformedMessageException refused(String json) {
        var e = catchThrowableOfType(MalformedMessageException.class, () -> parse(json));
        assertThat(e).as(json).isNotNull();
        return e;
    }
}
