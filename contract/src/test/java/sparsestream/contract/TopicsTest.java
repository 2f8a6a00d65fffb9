package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    @Test
    void everyTopicCarriesThePrefixAndHasOnePartition() {
        Topics topics = new Topics("team-a.");

        assertThat(List.of(
                        topics.imagesRaw(),
                        topics.imagesRawLetters(),
                        topics.imageBatches(),
                        topics.deadLetters(),
                        topics.trainerState(),
                        topics.modelCheckpoints(),
                        topics.imagesGenerated(),
                        topics.sampleRefusals(),
                        topics.sampleRequestLetters(),
                        topics.trainingEvents()))
                .allMatch(topic -> topic.partitions() == 1)
                .extracting(Topic::name)
                .containsExactly(
                        "team-a.images.raw",
                        "team-a.images.raw.dlq",
                        "team-a.images.batches",
                        "team-a.images.batches.dlq",
                        "team-a.trainer.state",
                        "team-a.model.checkpoints",
                        "team-a.images.generated",
                        "team-a.sample.refusals",
                        "team-a.sample.requests.dlq",
                        "team-a.training.events");
    }

    @Test
    void severalSamplersCanShareTheRequests() {
        assertThat(new Topics("p.").sampleRequests().name()).isEqualTo("p.sample.requests");
        assertThat(new Topics("").sampleRequests().partitions()).isEqualTo(8);
    }

    @Test
    void batchesAreKeptBySizeAndMayHaveMorePartitions() {
        Topic batches = new Topics("").imageBatches(4);

        assertThat(batches.partitions()).isEqualTo(4);
        assertThat(batches.settings())
                .containsEntry("retention.bytes", "1073741824")
                .containsEntry("retention.ms", "-1");
    }

    @Test
    void stateAndCheckpointsAreCompacted() {
        Topics topics = new Topics("");

        assertThat(topics.trainerState().settings())
                .containsEntry("cleanup.policy", "compact")
                .containsEntry("segment.bytes", "33554432");
        assertThat(topics.modelCheckpoints().settings())
                .containsAllEntriesOf(topics.trainerState().settings());
    }

    @Test
    void imagesAreKeptForAWeekAndDeadLettersForGood() {
        Topics topics = new Topics("");

        assertThat(topics.imagesGenerated().settings()).containsEntry("retention.ms", "604800000");
        assertThat(topics.sampleRefusals().settings()).containsEntry("retention.ms", "604800000");
        assertThat(topics.deadLetters().settings()).containsAllEntriesOf(Map.of("retention.ms", "-1"));
    }

    @Test
    void topicsForEverybodyAreStoredSoThatEveryClientCanReadThem() {
        Topics topics = new Topics("");

        for (Topic unpacked : List.of(topics.trainingEvents(), topics.modelCheckpoints())) {
            assertThat(unpacked.settings()).containsEntry("compression.type", "uncompressed");
        }
        for (Topic asSent : List.of(topics.imagesGenerated(), topics.sampleRefusals())) {
            assertThat(asSent.settings()).containsEntry("compression.type", "producer");
        }
    }

    @Test
    void theCodecThatItsWriterIsAskedForWins() {
        Topics topics = new Topics("");
        Map<String, Object> lz4 = Map.of("bootstrap.servers", "localhost:9092", "compression.type", "lz4");
        Map<String, Object> none = Map.of("bootstrap.servers", "localhost:9092");

        assertThat(topics.modelCheckpoints().packedAsAskedBy(lz4).settings())
                .containsEntry("compression.type", "producer")
                .containsEntry("cleanup.policy", "compact");
        assertThat(topics.modelCheckpoints().packedAsAskedBy(none)).isEqualTo(topics.modelCheckpoints());
        assertThat(topics.trainerState().packedAsAskedBy(lz4)).isEqualTo(topics.trainerState());
    }

    @Test
    void everyTopicSaysWhatHappensToTimeAndSize() {
        Topics topics = new Topics("");
        for (Topic topic : List.of(
                topics.imagesRaw(),
                topics.imagesRawLetters(),
                topics.imageBatches(),
                topics.deadLetters(),
                topics.trainerState(),
                topics.modelCheckpoints(),
                topics.modelContributions(),
                topics.modelContributionLetters(),
                topics.modelRounds(),
                topics.imagesGenerated(),
                topics.sampleRefusals(),
                topics.sampleRequests(),
                topics.sampleRequestLetters(),
                topics.trainingEvents())) {
            Map<String, String> settings = topic.settings();
            assertThat(settings).as(topic.name()).containsKeys("cleanup.policy", "message.timestamp.type");
            if (settings.get("cleanup.policy").equals("delete")) {
                assertThat(settings).as(topic.name()).containsKeys("retention.ms", "retention.bytes");
                // What is deleted by time is deleted by the broker's, not by what a client takes for the time.
                assertThat(settings.get("retention.ms").equals("-1")
                                || settings.get("message.timestamp.type").equals("LogAppendTime"))
                        .as(topic.name())
                        .isTrue();
            }
        }
    }

    @Test
    void whatForeignClientsWriteHasTheTimeOfItsArrival() {
        Topics topics = new Topics("");

        assertThat(List.of(topics.imagesRaw(), topics.imageBatches(), topics.sampleRequests()))
                .allMatch(
                        topic -> topic.settings().get("message.timestamp.type").equals("LogAppendTime"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a/", "ä", "a\n", "a:"})
    void aPrefixThatKafkaWouldRefuseIsRefused(String prefix) {
        assertThatThrownBy(() -> new Topics(prefix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prefix");
    }

    @Test
    void aPrefixThatLeavesNoRoomForTheNamesIsRefused() {
        assertThat(new Topics("p".repeat(200)).deadLetters().name()).hasSizeLessThanOrEqualTo(249);
        assertThatThrownBy(() -> new Topics("p".repeat(201))).isInstanceOf(IllegalArgumentException.class);
    }
}
