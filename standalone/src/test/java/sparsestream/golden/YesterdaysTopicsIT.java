package sparsestream.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
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
    private static final String FILE = "continuations.json";
    private static final TypeReference<TreeMap<String, TreeMap<String, String>>> TYPE = new TypeReference<>() {};

    @TempDir
    private Path directory;

    @BeforeAll
    static void sameKernelsEverywhere() {
        ForcedKernels.require();
    }

    static List<Release> releases() {
        return Release.withTopics();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("releases")
    void todayGoesOnFromWhereTheReleaseWasLeft(Release release) throws Exception {
        TreeMap<String, TreeMap<String, String>> results = new TreeMap<>();
        try (Cluster cluster = new Cluster(directory.resolve("data"))) {
            cluster.restore(Recording.load(release.directory()));
            for (Continuation each : continuations(release)) {
                TreeMap<String, String> result = new TreeMap<>();
                each.run(cluster, directory, result);
                results.put(each.key(), result);
            }
        }
        release.recordIfAsked(FILE, results);
        assertThat(results).isEqualTo(release.read(FILE, TYPE));
    }

    /** A release knows those that there were in its time. */
    private static List<Continuation> continuations(Release release) throws Exception {
        if (release.isToBeRecorded()) {
            return List.of(Continuation.values());
        }
        Set<String> known = release.read(FILE, TYPE).keySet();
        return Stream.of(Continuation.values())
                .filter(each -> known.contains(each.key()))
                .toList();
    }
}
