package sparsestream.sampler.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.contract.TrainingEvent;
import sparsestream.contract.TrainingEvent.Kind;
import sparsestream.sampler.TestModels;

class TrainingHistoryTest {
    private static final String TRAINER = "/sparsestream/test-run/trainer";

    private final TrainingHistory history = new TrainingHistory(TRAINER, List.of("vae", "gan"));

    @Test
    void aCheckpointIsAPointOfEachFigure() {
        history.add(TestGallery.checkpointEvent("vae", 3, 10));
        assertThat(history.curve("vae")).singleElement().satisfies(point -> {
            assertThat(point.version()).isEqualTo(3);
            assertThat(point.images()).isEqualTo(3840);
            assertThat(point.figures())
                    .containsOnly(
                            entry("zeroRatio", 0.25),
                            entry("heldOutNelbo", 110.5),
                            entry("losses.nelbo", 120.25),
                            entry("losses.kl", 20.5),
                            entry("freshnessSeconds", 0.5));
        });
        assertThat(history.curve("gan")).isEmpty();
        assertThat(history.lastCheckpoint("vae")).contains(TestModels.COMMITTED);
        assertThat(history.lastBatch()).contains(TestModels.COMMITTED.minusMillis(500));
    }

    @Test
    void otherPartitionsTrainModelsOfTheirOwn() {
        var data = TrainingEvent.newData().put("partition", 1).put("version", 1).put("images", 5);
        history.add(TestGallery.reported(Kind.CHECKPOINT, "vae", data, 3));
        assertThat(history.curve("vae")).isEmpty();
        assertThat(history.events()).hasSize(1);
    }

    @Test
    void curvesSpanTheWholeRunInBoundedMemory() {
        for (int version = 1; version <= 2_000; version++) {
            history.add(TestGallery.checkpointEvent("vae", version, version));
        }
        assertThat(history.curve("vae"))
                .hasSize(TrainingHistory.MAX_POINTS)
                .extracting(CurvePoint::version)
                .startsWith(1L)
                .endsWith(2_000L);
    }

    @Test
    void checkpointsDoNotPushOutWhatIsRare() {
        history.add(TestGallery.reported(Kind.REJECTION, "vae", TrainingEvent.newData(), 0));
        for (int version = 1; version <= 100; version++) {
            history.add(TestGallery.checkpointEvent("gan", version, version));
        }
        assertThat(history.events()).hasSize(1 + TrainingHistory.MAX_EVENTS);
        assertThat(history.events().get(0).kind()).isEqualTo("rejection");
        assertThat(history.count()).isEqualTo(101);
    }

    @Test
    void whatOtherRunsAndModelsTellIsNotShown() {
        history.add(
                new ReportedEvent(0, "drift", "/sparsestream/other/trainer", "vae", TestModels.COMMITTED, Map.of()));
        history.add(new ReportedEvent(1, "drift", TRAINER, "wgan", TestModels.COMMITTED, Map.of()));
        assertThat(history.events()).isEmpty();
    }

    @Test
    void anEventOfAKindFromTheFutureIsTakenAsItIs() {
        ReportedEvent event =
                reported("""
                {"specversion":"1.0","id":"1","source":"%s","type":"sparsestream.training.eclipse.v2","subject":"vae",
                 "data":{"moon":true,"depth":0.5,"sun":{"size":3},"list":[1],"none":null,"<b>":1,"note":"%s"}}
                """.formatted(TRAINER, "x".repeat(1_000))).orElseThrow();
        assertThat(event.kind()).isEqualTo("eclipse");
        assertThat(event.details())
                .containsOnly(
                        entry("moon", true),
                        entry("depth", 0.5),
                        entry("sun.size", 3L),
                        entry("note", "x".repeat(299) + "…"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"type\":\"sparsestream.training.drift.v1\"}",
                "{\"type\":\"sparsestream.training.drift.v1\",\"source\":\"/s\",\"subject\":\"vae\",\"data\":1}",
                "{\"type\":\"other\",\"source\":\"/s\",\"subject\":\"vae\",\"data\":{}}",
                "{\"type\":\"sparsestream.training.<b>.v1\",\"source\":\"/s\",\"subject\":\"vae\",\"data\":{}}"
            })
    void whatIsNoSuchEventIsNone(String json) {
        assertThat(reported(json)).isEmpty();
    }

    @Test
    void anEventLargerThanOneIsIsNone() {
        assertThat(reported(
                        "{\"type\":\"sparsestream.training.drift.v1\",\"source\":\"/s\",\"subject\":\"vae\",\"data\":{}}"
                                + " ".repeat(70_000)))
                .isEmpty();
    }

    private static Optional<ReportedEvent> reported(String json) {
        ConsumerRecord<byte[], byte[]> record = TestModels.consumed(
                new ProducerRecord<>("training.events", new byte[0], json.getBytes(StandardCharsets.UTF_8)));
        return ReportedEvent.of(record);
    }
}
