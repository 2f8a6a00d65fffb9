package sparsestream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParameterException;

/** The benchmarks' command lines in the documentation, which the program's own test of them leaves out. */
class DocumentedBenchmarksTest {
    private static final Path ROOT = Path.of("..");
    /** Between backquotes, where a line may go on in the next, or on a line of its own. */
    private static final Pattern COMMAND =
            Pattern.compile("`\\./sparsestream bench ([^`]+)`|(?m)^ *(?:[A-Z_]+=\\S+ )*\\./sparsestream bench (.+)$");

    /** None is run: that takes hours. */
    @Test
    void everyCommandLineIsUnderstood() throws IOException {
        List<String> refused = new ArrayList<>();
        int understood = 0;
        for (Path page : pages()) {
            for (MatchResult command :
                    COMMAND.matcher(Files.readString(page)).results().toList()) {
                String line = command.group(1) == null ? command.group(2) : command.group(1);
                String[] arguments = line.strip().split("\\s+");
                if (arguments[0].equals("COMMAND")) {
                    continue;
                }
                try {
                    BenchMain.commandLine().parseArgs(arguments);
                    understood++;
                } catch (ParameterException e) {
                    refused.add("%s: ./sparsestream bench %s: %s"
                            .formatted(page, String.join(" ", arguments), e.getMessage()));
                }
            }
        }
        assertThat(refused).as("command lines that the benchmarks refuse").isEmpty();
        assertThat(understood).isGreaterThan(15);
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(
                List.of(ROOT.resolve("README.md"), ROOT.resolve("CHANGELOG.md"), ROOT.resolve("benchmarks/README.md")));
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        return pages;
    }
}
