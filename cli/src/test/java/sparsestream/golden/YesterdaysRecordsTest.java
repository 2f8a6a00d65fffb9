package sparsestream.golden;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sparsestream.cli.Today;

/** The codecs alone, without a cluster: they read what every release has written, and write what the last one did. */
class YesterdaysRecordsTest {
    /** Topics whose records the program both reads and writes. */
    private static final Set<String> WRITTEN = Set.of(
            "images.batches",
            "trainer.state",
            "model.checkpoints",
            "model.contributions",
            "model.rounds",
            "training.events",
            "images.generated");

    /** Topics whose records it reads alone. */
    private static final Set<String> READ =
            Set.of("images.batches.dlq", "images.raw.dlq", "sample.requests", "sample.requests.dlq");

    /** What stands among the batches of a release. */
    private static final String POISON = "no batch at all";

    static List<Release> releases() {
        return Release.all();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void todayReadsWhatTheReleaseWrote(Release release) throws Exception {
        Recording recording = Recording.load(release.directory());
        for (String topic : recording.topics().keySet()) {
            if (WRITTEN.contains(kind(topic)) || READ.contains(kind(topic))) {
                List<ProducerRecord<byte[], byte[]>> written = readAndWrite(recording, topic);
                boolean isNewest = release.equals(Release.newest());
                if (isNewest && WRITTEN.contains(kind(topic))) {
                    assertThat(written.stream().map(Canonical::line))
                            .as(topic)
                            .containsExactlyElementsOf(sound(recording, topic).stream()
                                    .map(Canonical::line)
                                    .toList());
                }
            }
        }
    }

    private static List<ProducerRecord<byte[], byte[]>> readAndWrite(Recording recording, String topic)
            throws Exception {
        List<ConsumerRecord<byte[], byte[]>> consumed = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> record : sound(recording, topic)) {
            consumed.add(new ConsumerRecord<>(
                    topic,
                    record.partition(),
                    consumed.size(),
                    0,
                    TimestampType.CREATE_TIME,
                    ConsumerRecord.NULL_SIZE,
                    ConsumerRecord.NULL_SIZE,
                    record.key(),
                    record.value(),
                    record.headers(),
                    Optional.empty()));
        }
        return Today.readAndWrite(kind(topic), consumed);
    }

    /** All but what is on the topic to be refused, and refusals, which the program does not read. */
    private static List<ProducerRecord<byte[], byte[]>> sound(Recording recording, String topic) {
        return recording.records().stream()
                .filter(record -> record.topic().equals(topic))
                .filter(record -> !new String(record.value(), UTF_8).equals(POISON))
                .filter(record -> !isRefusal(record.headers().lastHeader("ce_type")))
                .toList();
    }

    private static boolean isRefusal(Header type) {
        return type != null && new String(type.value(), UTF_8).equals("sparsestream.request.refused.v1");
    }

    /** The topic's name without the prefix of its run. */
    private static String kind(String topic) {
        return topic.substring(topic.indexOf('.') + 1);
    }
}
