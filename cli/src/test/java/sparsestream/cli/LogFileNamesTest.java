package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Kafka's {@code LogFileUtils} and {@code Snapshots} name files in several languages. */
class LogFileNamesTest {
    private static final String ZEROS = "00000000000000000000";
    private static final String ARABIC_ZEROS = "٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠";

    @TempDir
    private Path logs;

    @Test
    void offsetsAreReadInTheDigitsOfAnyLanguage() throws Exception {
        write("arabic-0/٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠١٢٣٤.log", "persian-0/۰۰۰۰۰۰۰۰۰۰۰۰۰۰۰۰۱۲۳۴.index");
        write("marathi-0/००००००००००००००००१२३४.timeindex", "burmese-0/၀၀၀၀၀၀၀၀၀၀၀၀၀၀၀၀၁၂၃၄.snapshot");
        write("__cluster_metadata-0/০০০০০০০০০০০০০০০০১২৩৪-০০০০০০০০০৫.checkpoint");

        LogFileNames.toAsciiDigits(logs);

        assertThat(files())
                .containsExactly(
                        "__cluster_metadata-0/00000000000000001234-0000000005.checkpoint",
                        "arabic-0/00000000000000001234.log",
                        "burmese-0/00000000000000001234.snapshot",
                        "marathi-0/00000000000000001234.timeindex",
                        "persian-0/00000000000000001234.index");
        assertThat(logs.resolve("arabic-0/00000000000000001234.log")).hasContent("arabic-0/٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠١٢٣٤.log");
    }

    @Test
    void otherFilesKeepTheirNames() throws Exception {
        String[] names = {"bootstrap.checkpoint", "t-0/" + ZEROS + ".log", "t-0/partition.metadata", "t-0/٠.log"};
        write(names);

        LogFileNames.toAsciiDigits(logs);

        assertThat(files()).containsExactly(names);
    }

    @Test
    void aRenamingThatWasCutShortIsFinished() throws Exception {
        write("t-0/" + ZEROS + ".index", "t-0/" + ARABIC_ZEROS + ".log");

        LogFileNames.toAsciiDigits(logs);

        assertThat(files()).containsExactly("t-0/" + ZEROS + ".index", "t-0/" + ZEROS + ".log");
    }

    @Test
    void nothingIsOverwritten() throws Exception {
        String[] names = {"t-0/" + ZEROS + ".log", "t-0/" + ARABIC_ZEROS + ".index", "t-0/" + ARABIC_ZEROS + ".log"};
        write(names);

        LogFileNames.toAsciiDigits(logs);

        assertThat(files()).containsExactly(names);
    }

    /** Files that hold their names. */
    private void write(String... names) throws IOException {
        for (String name : names) {
            Path file = logs.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(logs)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> logs.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
