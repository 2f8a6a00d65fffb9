package sparsestream.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever does today what was done with the last release leaves the same bytes on the same topics. */
@Tag("golden")
@Timeout(600)
class SameRecordsIT {
    @TempDir
    private Path directory;

    @BeforeAll
    static void sameKernelsEverywhere() {
        ForcedKernels.require();
    }

    @Test
    void todayLeavesWhatYesterdayLeft() throws Exception {
        Release release = Release.newest();
        assumeTrue(release.isToBeRecorded() || !Release.withTopics().isEmpty());
        Recording today;
        try (Cluster cluster = new Cluster(directory)) {
            Yesterday day = new Yesterday(cluster);
            day.live();
            today = day.recording();
        }
        if (release.isToBeRecorded() && !release.hasTopics()) {
            today.save(release.directory());
        }
        Recording yesterday = Recording.load(release.directory());
        assertThat(today.topics()).isEqualTo(yesterday.topics());
        assertThat(Canonical.lines(today.records())).isEqualTo(Canonical.lines(yesterday.records()));
        assertThat(today.groups()).isEqualTo(yesterday.groups());
    }
}
