package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {
    private static final Path REFERENCE = Path.of("..", "docs", "configuration.md");

    /** {@code -Dwrite} writes the file anew. */
    @Test
    void thePageHasEveryCommandAndOptionAsTheCommandLineHasThem() throws IOException {
        String reference = ConfigurationReference.of(Main.commandLine(Map.of(), new ShutdownSignal()));
        if (System.getProperty("write") != null) {
            Files.writeString(REFERENCE, reference);
        }
        assertThat(REFERENCE)
                .as("docs/configuration.md is out of date. To write it again, run this test with -Dwrite")
                .hasContent(reference);
    }
}
