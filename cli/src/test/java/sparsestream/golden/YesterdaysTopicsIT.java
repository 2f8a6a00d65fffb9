package sparsestream.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Today's program goes on from what every release has left, to where that release itself would have come. */
@Tag("golden")
@Timeout(600)
class YesterdaysTopicsIT {
    private static final List<String> WRITTEN = List.of(
            "digits.trainer.state",
            "digits.model.checkpoints",
            "digits.training.events",
            "merged.trainer.state",
            "merged.model.checkpoints",
            "merged.model.contributions",
            "merged.model.rounds");

    @TempDir
    private Path directory;

    @BeforeAll
    static void sameKernelsEverywhere() {
        ForcedKernels.require();
    }

    static List<Release> releases() {
        return Release.all();
    }

    @ParameterizedTest
    @MethodSource("releases")
    void todayGoesOnFromWhereTheReleaseWasLeft(Release release) throws Exception {
        Recording recording = Recording.load(release.directory());
        SortedMap<String, String> results;
        SortedMap<String, List<String>> written = new TreeMap<>();
        try (Cluster cluster = new Cluster(directory.resolve("data"))) {
            cluster.restore(recording);
            results = new Continuation(cluster, directory).run();
            for (String topic : WRITTEN) {
                written.putAll(Canonical.lines(newRecords(cluster.read(topic), recording)));
            }
        }
        release.recordIfAsked("continuations.json", results);
        release.recordIfAsked("written.json", written);
        assertThat(results)
                .isEqualTo(release.read("continuations.json", new TypeReference<TreeMap<String, String>>() {}));
        assertThat(written)
                .isEqualTo(release.read("written.json", new TypeReference<TreeMap<String, List<String>>>() {}));
    }

    /** What is in a topic behind what the release had left there. */
    private static List<ProducerRecord<byte[], byte[]>> newRecords(
            List<ConsumerRecord<byte[], byte[]>> all, Recording recording) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : all) {
            long old = recording.records().stream()
                    .filter(each -> each.topic().equals(record.topic()) && each.partition() == record.partition())
                    .count();
            if (record.offset() >= old) {
                records.add(new ProducerRecord<>(
                        record.topic(), record.partition(), record.key(), record.value(), record.headers()));
            }
        }
        return records;
    }
}
