package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeneratedImageTest {
    private static final Topic TOPIC = new Topics("").imagesGenerated();
    private static final String SHA256 = "ab".repeat(32);

    private static final GeneratedImage IMAGE = new GeneratedImage(
            "vae",
            12,
            SHA256,
            -42,
            7,
            0,
            4_688,
            2,
            1,
            GreyPng.encode(new byte[] {0, 9}, 2, 1),
            Instant.parse("2026-01-02T03:04:05.006Z"),
            "/sparsestream/run-1/sampler");

    @Test
    void theRecordIsACloudEventInBinaryMode() {
        ProducerRecord<byte[], byte[]> record = IMAGE.toRecord(TOPIC);

        assertThat(record.topic()).isEqualTo("images.generated");
        assertThat(Records.text(record.key())).isEqualTo("vae");
        assertThat(record.value()).isEqualTo(IMAGE.png());
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), Records.text(header.value()));
        }
        assertThat(headers)
                .containsOnly(
                        Map.entry("ce_specversion", "1.0"),
                        Map.entry("ce_id", SHA256 + "--42-7"),
                        Map.entry("ce_source", "/sparsestream/run-1/sampler"),
                        Map.entry("ce_type", "sparsestream.image.generated.v1"),
                        Map.entry("ce_time", "2026-01-02T03:04:05.006Z"),
                        Map.entry("content-type", "image/png"),
                        Map.entry("ce_model", "vae"),
                        Map.entry("ce_modelversion", "12"),
                        Map.entry("ce_checkpointsha256", SHA256),
                        Map.entry("ce_seed", "-42"),
                        Map.entry("ce_index", "7"),
                        Map.entry("ce_inputfrom", "0"),
                        Map.entry("ce_inputto", "4688"));
        assertThat(headers.keySet())
                .as("extension attributes are lower-case letters and digits, 20 at most")
                .filteredOn(name -> name.startsWith("ce_"))
                .allMatch(name -> name.matches("ce_[a-z0-9]{1,20}"));
    }

    @Test
    void theImageComesBackFromItsRecord() throws MalformedMessageException {
        assertThat(GeneratedImage.fromRecord(Records.read(IMAGE.toRecord(TOPIC))))
                .isEqualTo(IMAGE);
    }

    @Test
    void aTimeInAnotherZoneIsTheSameInstant() throws MalformedMessageException {
        ConsumerRecord<byte[], byte[]> record = with("ce_time", "2026-01-02T05:04:05.006+02:00");

        assertThat(GeneratedImage.fromRecord(record).time()).isEqualTo(IMAGE.time());
    }

    @ParameterizedTest
    @CsvSource({
        "ce_specversion,      0.3",
        "ce_type,             com.example.other",
        "content-type,        image/jpeg",
        "ce_id,               another",
        "ce_source,           not a uri",
        "ce_source,           ''",
        "ce_time,             yesterday",
        "ce_model,            ''",
        "ce_modelversion,     12.5",
        "ce_checkpointsha256, abab",
        "ce_seed,             99999999999999999999",
        "ce_index,            ''",
        "ce_inputfrom,        one",
        "ce_inputto,          0x10"
    })
    void aWrongHeaderIsNamed(String header, String value) {
        assertThat(refused(with(header, value)).field()).isEqualTo(header);
    }

    @ParameterizedTest
    @CsvSource({"ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type", "ce_seed", "ce_model"})
    void aMissingHeaderIsNamed(String header) {
        ConsumerRecord<byte[], byte[]> record = Records.read(IMAGE.toRecord(TOPIC));
        record.headers().remove(header);

        assertThat(refused(record).field()).isEqualTo(header);
        record.headers().add(header, null);
        assertThat(refused(record).field()).isEqualTo(header);
    }

    @Test
    void aHeaderThatIsNotUtf8IsNamed() {
        ConsumerRecord<byte[], byte[]> record = Records.read(IMAGE.toRecord(TOPIC));
        record.headers().remove("ce_model").add("ce_model", new byte[] {(byte) 0xff});

        assertThat(refused(record).field()).isEqualTo("ce_model");
    }

    @Test
    void aValueThatIsNoPngIsRefused() {
        ProducerRecord<byte[], byte[]> record = IMAGE.toRecord(TOPIC);

        assertThat(refused(Records.read("t", record.key(), null, record.headers()))
                        .field())
                .isEqualTo("value");
        assertThat(refused(Records.read("t", record.key(), new byte[40], record.headers()))
                        .field())
                .isEqualTo("png");
    }

    @Test
    void anImageThatCouldNotBeReadIsNotMade() {
        assertThatThrownBy(() -> image("", SHA256, "/s")).hasMessageContaining("model");
        assertThatThrownBy(() -> image("vae", "AB".repeat(32), "/s")).hasMessageContaining("SHA-256");
        assertThatThrownBy(() -> image("vae", SHA256, "a b")).hasMessageContaining("URI");
    }

    @Test
    void whateverDeterminesARequestedImageComesBack() throws MalformedMessageException {
        for (LatentSource latent : List.of(
                new LatentSource.Seed(0.7),
                new LatentSource.Between(Long.MAX_VALUE, 1 / 3.0, 1),
                new LatentSource.Between(-1, 1, 0.1),
                new LatentSource.Given(new float[] {0.1f, Float.MIN_VALUE, -Float.MAX_VALUE}))) {
            GeneratedImage image = requested(latent, "r-1");

            assertThat(GeneratedImage.fromRecord(Records.read(image.toRecord(TOPIC))))
                    .isEqualTo(image)
                    .returns(latent, GeneratedImage::latent)
                    .returns(Optional.of("r-1"), GeneratedImage::requestId)
                    .returns("r-1-7", GeneratedImage::id);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ce_truncation, 1.1",
        "ce_truncation, NaN",
        "ce_truncation, x",
        "ce_toseed, x",
        "ce_position, 2",
        "ce_latent, ***",
        "ce_latent, AAA=",
        "ce_latent, ''",
        "ce_latent, AADAfw==",
        "ce_correlationid, a b"
    })
    void aRequestedImageWithAnIllegalHeaderIsRefused(String header, String value) {
        ConsumerRecord<byte[], byte[]> record = Records.read(
                requested(new LatentSource.Between(2, 0.5, 1), "r-1").toRecord(TOPIC));
        record.headers().remove(header).add(header, value.getBytes(StandardCharsets.UTF_8));

        assertThat(refused(record).field()).isEqualTo(header);
    }

    private static GeneratedImage requested(LatentSource latent, String id) {
        return new GeneratedImage(
                "vae", 1, SHA256, 1, 7, 0, 1, 2, 1, IMAGE.png(), IMAGE.time(), "/s", latent, Optional.of(id));
    }

    private static GeneratedImage image(String model, String sha256, String source) {
        return new GeneratedImage(model, 1, sha256, 1, 1, 0, 1, 2, 1, IMAGE.png(), IMAGE.time(), source);
    }

    private static ConsumerRecord<byte[], byte[]> with(String header, String value) {
        ConsumerRecord<byte[], byte[]> record = Records.read(IMAGE.toRecord(TOPIC));
        record.headers().remove(header).add(header, value.getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private static MalformedMessageException refused(ConsumerRecord<byte[], byte[]> record) {
        var e = catchThrowableOfType(MalformedMessageException.class, () -> GeneratedImage.fromRecord(record));
        assertThat(e).isNotNull();
        return e;
    }
}
