package sparsestream.cli;

import java.io.IOException;
import org.junit.jupiter.api.Assumptions;

/** What a test needs of the machine that it runs on. */
final class Needed {
    private Needed() {}

    /** Whether a command can be started and ends well, which tells that a tool is there. */
    static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Skips the test unless the thing is there, and says so on the console, where a reason in a report would be overlooked. */
    static void require(boolean there, String otherwise) {
        if (!there) {
            System.err.println("SKIPPED: " + otherwise);
        }
        Assumptions.assumeTrue(there, otherwise);
    }
}
